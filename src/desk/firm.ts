/**
 * The firm, for the people who work in it. They are signed in as themselves, in their own space (decision 0058): what a
 * member may see and do is judged by the verbs of `mandates/firm.ts`, and what is another firm's is not there. Pages only
 * read the request and draw the answer.
 *
 * Whoever gives somebody access to clients, or takes it up, has proved just now the strongest that they can; to take
 * something away is never held up by that.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Organisations } from '../directory/organisations.ts'
import { takeUploads, type Upload } from '../http/uploads.ts'
import { atLeast, isLevel } from '../kernel/assurance.ts'
import {
  type AssignmentId,
  type FirmImportId,
  type FirmInvitationId,
  isId,
  type MembershipId,
  type OrganisationId,
  type PortfolioId,
} from '../kernel/ids.ts'
import { isLanguage } from '../kernel/languages.ts'
import { type FirmRefusal, type Firms, firmRefusals, type Member } from '../mandates/firm.ts'
import type { FirmImports, ImportRefusal } from '../mandates/firm-import.ts'
import { importKinds, longestFile } from '../mandates/firm-lines.ts'
import type { Asker, Mandates } from '../mandates/mandates.ts'
import { addressOf } from '../means/holder-visit.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import type { Partners } from '../partners/partners.ts'
import { endOfDay } from '../policy/calendar.ts'
import { firmLevel, isFirmRole } from '../policy/firm.ts'
import type { Action } from '../policy/mandate.ts'
import { strongerPage } from '../space/mandates-pages.ts'
import type { SpaceHandle, SpacePages, SpaceVisit } from '../space/visit.ts'
import { type At, firmPaths, may } from './firm-frame.ts'
import { checkedPage, importPage, resultFile } from './firm-import-pages.ts'
import {
  type AssignView,
  allPage,
  assignPage,
  clientFilters,
  clientPage,
  clientsPage,
  confirmPage,
  type DoneInFirm,
  doneInFirm,
  homePage,
  invitePage,
  joinPage,
  linkPage,
  memberPage,
  membersPage,
  openPage,
  portfolioPage,
  portfoliosPage,
  questionPage,
  rolePage,
} from './firm-pages.ts'

export interface FirmPagesOptions {
  pages: SpacePages
  firms: Firms
  imports: FirmImports
  mandates: Pick<Mandates, 'byIds' | 'withNames' | 'uses'>
  organisations: Pick<Organisations, 'organisation' | 'named' | 'schemes'>
  partners: Pick<Partners, 'registry'>
  /** Origin of the hub. */
  issuer: string
}

const perPage = 25
/** On the page of a client. */
const usesShown = 10

type FirmHandle = (visit: SpaceVisit, at: At) => Promise<FastifyReply>

export function mountFirm(options: FirmPagesOptions): void {
  const { pages, firms, imports, mandates, organisations, partners, issuer } = options
  const { get, post, show, guardChange, notFound, storage } = pages

  const asker = ({ who }: SpaceVisit): Asker => ({ person: who.person, level: who.level })

  /** Serves the level that a firm takes; the others are told which one, and led there. */
  const strong =
    (handle: SpaceHandle): SpaceHandle =>
    async (visit) => {
      if (atLeast(visit.who.level, firmLevel)) return handle(visit)
      const here = addressOf(visit.request)
      const href = pages.door.signInPath(here, { level: firmLevel })
      return show(visit, strongerPage({ needs: firmLevel, href, here }, visit))
    }

  /** Serves who is at work in the firm of the address. */
  const working = (handle: FirmHandle): SpaceHandle =>
    strong(async (visit) => {
      const { firm } = visit.request.params as { firm?: unknown }
      if (!isId('organisation', firm)) return notFound(visit)
      const seat = await firms.seatOf(storage.db, { firm, person: visit.who.person })
      const organisation = seat && (await organisations.organisation(firm))
      return organisation ? handle(visit, { seat, name: organisation.name }) : notFound(visit)
    })

  const param = (visit: SpaceVisit, name: string) => (visit.request.params as Record<string, unknown>)[name]
  const query = (visit: SpaceVisit) => visit.request.query as Record<string, unknown>

  /** What the address says was done, or was refused. */
  function said(visit: SpaceVisit) {
    const done = pages.outcomeIn(visit, doneInFirm)
    const refused = firmRefusals.find((one) => one === query(visit).refused)
    return { ...(done ? { done } : {}), ...(refused ? { refused } : {}) }
  }

  /** Ends a post. What they have no part in is not there, whatever they asked for. */
  function ended(
    visit: SpaceVisit,
    outcome: { ok: true } | { ok: false; reason: FirmRefusal | ImportRefusal },
    { done, path, refusedAt = path }: { done: DoneInFirm; path: string; refusedAt?: string },
  ): FastifyReply {
    if (outcome.ok) return pages.done(visit, path, done)
    if (outcome.reason === 'unknown') return notFound(visit)
    return visit.reply.redirect(`${refusedAt}?refused=${outcome.reason}`, 303)
  }

  // ── Where one works ─────────────────────────────────────────────────────────────────────────────────────────────────

  get(
    firmPaths.all,
    strong(async (visit) => {
      const { person } = visit.who
      const [seats, openable] = await Promise.all([firms.of(person), firms.openable(person)])
      const open = openable.map(({ organisation }) => organisation)
      const names = await organisations.named([...seats.map(({ firm }) => firm), ...open])
      const view = {
        seats: seats.map((seat) => ({ ...seat, organisation: names.get(seat.firm) })),
        openable: open.flatMap((id) => names.get(id) ?? []),
      }
      return show(visit, allPage({ ...view, ...said(visit) }, visit))
    }),
  )

  const openPath = firmPaths.open(':organisation' as OrganisationId)
  const opening = strong(
    guardChange(async (visit) => {
      const id = param(visit, 'organisation')
      const isTheirs =
        isId('organisation', id) &&
        (await firms.openable(visit.who.person)).some(({ organisation }) => organisation === id)
      const organisation = isTheirs && (await organisations.organisation(id))
      if (!organisation) return notFound(visit)
      if (visit.request.method === 'POST') {
        const outcome = await firms.open(asker(visit), organisation.organisation)
        const path = firmPaths.home(organisation.organisation)
        return ended(visit, outcome, { done: 'opened', path, refusedAt: firmPaths.all })
      }
      const again = await firms.isOpen(storage.db, organisation.organisation)
      return show(visit, openPage({ organisation, again }, pages, visit))
    }),
  )
  get(openPath, opening)
  post(openPath, opening)

  const joinPath = firmPaths.join(':token')
  const joining = strong(async (visit) => {
    const token = String(param(visit, 'token')).slice(0, 100)
    let refused: FirmRefusal | undefined
    if (visit.request.method === 'POST') {
      const outcome = await firms.join(asker(visit), token)
      if (outcome.ok) return pages.done(visit, firmPaths.all, 'joined')
      refused = outcome.reason
    }
    const found = await firms.invitation(token)
    const organisation = found && (await organisations.organisation(found.firm))
    const view = { token, ...(found ? { found: { ...found, organisation } } : {}), ...(refused ? { refused } : {}) }
    return show(visit, joinPage(view, pages, visit))
  })
  get(joinPath, joining)
  post(joinPath, guardChange(joining))

  const home = firmPaths.home(':firm' as OrganisationId)
  get(
    home,
    working(async (visit, at) => {
      const { firm } = at.seat
      const clients = await firms.clients(asker(visit), { firm, limit: 1 })
      if (!clients.ok) return notFound(visit)
      const run = may(at, 'members') ? await runOf(visit, firm) : undefined
      const view = { clients: clients.total, ...(run ? { run } : {}), ...said(visit) }
      return show(visit, homePage(view, at, pages, visit))
    }),
  )

  async function runOf(visit: SpaceVisit, firm: OrganisationId) {
    const [coming, people] = await Promise.all([firms.comingUp(asker(visit), firm), firms.members(asker(visit), firm)])
    if (!coming.ok || !people.ok) return undefined
    const names = await organisations.named(coming.waiting.map(({ principal }) => principal))
    return {
      waiting: coming.waiting.map((one) => ({ ...one, organisation: names.get(one.principal) })),
      ending: coming.ending,
      unconfirmed: people.members.filter(({ state }) => state === 'waiting'),
      members: people.members.filter(({ state }) => state === 'active').length,
    }
  }

  const leavePath = firmPaths.leave(':firm' as OrganisationId)
  // Also for who waits to be confirmed, and has no seat yet.
  get(
    leavePath,
    strong(async (visit) => {
      const firm = param(visit, 'firm')
      const seat = (await firms.of(visit.who.person)).find((one) => one.firm === firm)
      const organisation = seat && (await organisations.organisation(seat.firm))
      if (!organisation) return notFound(visit)
      const { t } = visit.context
      const asked = {
        ...{ title: t('firm.leave'), text: [t('firm.leave.text')], go: t('firm.leave.go'), current: 'home' as const },
        isHard: true,
        ...{ path: firmPaths.leave(seat.firm), back: firmPaths.all },
      }
      return show(visit, questionPage(asked, { seat, name: organisation.name }, pages, visit))
    }),
  )
  post(
    leavePath,
    strong(async (visit) => {
      const firm = param(visit, 'firm')
      if (!isId('organisation', firm)) return notFound(visit)
      const outcome = await firms.leave(asker(visit), firm)
      return ended(visit, outcome, { done: 'left', path: firmPaths.all, refusedAt: firmPaths.home(firm) })
    }),
  )

  // ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  get(
    firmPaths.members(':firm' as OrganisationId),
    working(async (visit, at) => {
      const found = await firms.members(asker(visit), at.seat.firm)
      return found.ok ? show(visit, membersPage({ ...found, ...said(visit) }, at, pages, visit)) : notFound(visit)
    }),
  )

  /** The member of the address, as whoever asks may see them. */
  async function memberIn(visit: SpaceVisit, { seat }: At, state: Member['state']): Promise<Member | undefined> {
    const found = await firms.members(asker(visit), seat.firm)
    const membership = param(visit, 'membership')
    return found.ok ? found.members.find((one) => one.membership === membership && one.state === state) : undefined
  }

  const invitePath = firmPaths.invite(':firm' as OrganisationId)
  const inviting = working(async (visit, at) => {
    if (!may(at, 'members')) return notFound(visit)
    const { firm } = at.seat
    if (visit.request.method === 'GET') {
      const typed = { role: 'employee', mail: '', language: visit.context.language }
      return show(visit, invitePage({ typed }, at, pages, visit))
    }
    const typed = {
      role: textIn(visit.body, 'role'),
      mail: textIn(visit.body, 'mail').trim(),
      language: textIn(visit.body, 'language'),
    }
    const outcome = await firms.invite(asker(visit), {
      firm,
      role: isFirmRole(typed.role) ? typed.role : 'employee',
      mail: typed.mail,
      language: isLanguage(typed.language) ? typed.language : visit.context.language,
    })
    if (!outcome.ok) {
      if (outcome.reason === 'unknown') return notFound(visit)
      return show(visit, invitePage({ typed, refused: outcome.reason }, at, pages, visit))
    }
    const link = new URL(firmPaths.join(outcome.token), issuer).href
    const view = { link, expiresAt: outcome.expiresAt, mailed: typed.mail !== '' }
    visit.reply.header('cache-control', 'no-store')
    return show(visit, linkPage(view, at, pages, visit))
  })
  get(invitePath, guardChange(inviting))
  post(invitePath, guardChange(inviting))

  post(
    firmPaths.withdraw(':firm' as OrganisationId, ':invitation' as FirmInvitationId),
    working(async (visit, { seat: { firm } }) => {
      const invitation = param(visit, 'invitation')
      if (!isId('firmInvitation', invitation)) return notFound(visit)
      const outcome = await firms.withdrawInvitation(asker(visit), { firm, invitation })
      return ended(visit, outcome, { done: 'withdrawn', path: firmPaths.members(firm) })
    }),
  )

  const anyMember = [':firm' as OrganisationId, ':membership' as MembershipId] as const
  get(
    firmPaths.member(...anyMember),
    working(async (visit, at) => {
      const { firm } = at.seat
      const member = await memberIn(visit, at, 'active')
      if (!member) return notFound(visit)
      const [given, portfolios] = await Promise.all([
        firms.assignments(asker(visit), { firm, of: { membership: member.membership } }),
        firms.portfolios(asker(visit), firm),
      ])
      if (!given.ok || !portfolios.ok) return notFound(visit)
      const assignments = given.assignments.slice(0, 100)
      const clients = await organisations.named(
        assignments.flatMap(({ to }) => ('principal' in to ? [to.principal] : [])),
      )
      const view = { member, assignments, clients, portfolios: portfolios.portfolios, ...said(visit) }
      return show(visit, memberPage(view, at, pages, visit))
    }),
  )

  const confirmPath = firmPaths.confirm(...anyMember)
  const confirming = working(async (visit, at) => {
    const { firm } = at.seat
    const member = may(at, 'members') ? await memberIn(visit, at, 'waiting') : undefined
    if (!member) return visit.reply.redirect(firmPaths.members(firm), 303)
    if (visit.request.method === 'GET') return show(visit, confirmPage({ member, ...said(visit) }, at, pages, visit))
    const outcome = await firms.confirmMember(asker(visit), { firm, membership: member.membership })
    return ended(visit, outcome, { done: 'confirmed', path: firmPaths.members(firm) })
  })
  get(confirmPath, guardChange(confirming))
  post(confirmPath, guardChange(confirming))

  const rolePath = firmPaths.role(...anyMember)
  const changingRole = working(async (visit, at) => {
    const { firm } = at.seat
    const member = may(at, 'members') ? await memberIn(visit, at, 'active') : undefined
    if (!member) return notFound(visit)
    if (visit.request.method === 'GET') return show(visit, rolePage({ member }, at, pages, visit))
    const role = textIn(visit.body, 'role')
    const { membership } = member
    const path = firmPaths.member(firm, membership)
    if (!isFirmRole(role)) return visit.reply.redirect(path, 303)
    const outcome = await firms.changeRole(asker(visit), { firm, membership, role })
    // Who is no administrator any more has no page of members.
    const isOwn = membership === at.seat.membership
    return ended(visit, outcome, { done: 'role', path: isOwn ? firmPaths.home(firm) : path, refusedAt: path })
  })
  get(rolePath, guardChange(changingRole))
  post(rolePath, guardChange(changingRole))

  const removePath = firmPaths.remove(...anyMember)
  get(
    removePath,
    working(async (visit, at) => {
      const { firm } = at.seat
      const member = may(at, 'members') ? await memberIn(visit, at, 'active') : undefined
      if (!member) return visit.reply.redirect(firmPaths.members(firm), 303)
      const { t } = visit.context
      const asked = {
        title: t('firm.remove.title', { name: member.name ?? t('firm.member.gone') }),
        text: [t('firm.remove.text'), t('firm.remove.stays')],
        ...{ go: t('firm.remove.go'), current: 'members' as const, isHard: true },
        ...{ path: firmPaths.remove(firm, member.membership), back: firmPaths.member(firm, member.membership) },
      }
      return show(visit, questionPage(asked, at, pages, visit))
    }),
  )
  post(
    removePath,
    working(async (visit, at) => {
      const { firm } = at.seat
      const membership = param(visit, 'membership')
      if (!isId('membership', membership)) return notFound(visit)
      const isWaiting = (await memberIn(visit, at, 'waiting')) !== undefined
      const outcome = await firms.remove(asker(visit), { firm, membership })
      const done = isWaiting ? 'turned_away' : 'removed'
      return ended(visit, outcome, { done, path: firmPaths.members(firm) })
    }),
  )

  // ── Clients ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  get(
    firmPaths.clients(':firm' as OrganisationId),
    working(async (visit, at) => {
      const { firm } = at.seat
      const asked = query(visit)
      const search = typeof asked.q === 'string' ? asked.q.trim().slice(0, 60) : ''
      const state = clientFilters.find((one) => one === asked.state)
      const portfolio = portfolioAsked(asked.portfolio)
      const after = typeof asked.after === 'string' ? asked.after : undefined
      const page = {
        ...{ firm, search, limit: perPage },
        ...(state ? { state } : {}),
        ...(portfolio ? { portfolio } : {}),
        ...(after ? { after } : {}),
      }
      const [found, portfolios] = await Promise.all([
        firms.clients(asker(visit), page),
        firms.portfolios(asker(visit), firm),
      ])
      if (!found.ok || !portfolios.ok) return notFound(visit)
      const view = { ...page, ...found, portfolios: portfolios.portfolios, isFirst: !after, ...said(visit) }
      return show(visit, clientsPage(view, at, pages, visit))
    }),
  )

  const anyClient = [':firm' as OrganisationId, ':principal' as OrganisationId] as const
  get(
    firmPaths.client(...anyClient),
    working(async (visit, at) => {
      const { firm } = at.seat
      const principal = param(visit, 'principal')
      if (!isId('organisation', principal)) return notFound(visit)
      const [found, given, portfolios, people] = await Promise.all([
        firms.client(asker(visit), { firm, principal }),
        firms.assignments(asker(visit), { firm, of: { principal } }),
        firms.portfolios(asker(visit), firm),
        firms.members(asker(visit), firm),
      ])
      if (!found.ok || !given.ok || !portfolios.ok) return notFound(visit)
      const shown = found.mandates.slice(0, 20)
      const [organisation, views] = await Promise.all([organisations.organisation(principal), mandates.byIds(shown)])
      const [newest] = shown
      const uses =
        may(at, 'accept') && newest
          ? await mandates.uses({ of: { mandate: newest }, person: visit.who.person, limit: usesShown })
          : undefined
      const view = {
        ...{ client: found.client, organisation, in: found.portfolios, portfolios: portfolios.portfolios },
        mandates: await mandates.withNames(shown.flatMap((id) => views.get(id) ?? [])),
        assignments: given.assignments,
        members: byMembership(people.ok ? people.members : []),
        uses: uses?.entries ?? [],
        ...said(visit),
      }
      return show(visit, clientPage(view, at, pages, visit))
    }),
  )

  const byMembership = (members: readonly Member[]) => new Map(members.map((one) => [one.membership as string, one]))

  post(
    firmPaths.place(...anyClient),
    working(async (visit, { seat: { firm } }) => {
      const principal = param(visit, 'principal')
      const portfolio = textIn(visit.body, 'portfolio')
      if (!isId('organisation', principal) || !isId('portfolio', portfolio)) return notFound(visit)
      const isOut = textIn(visit.body, 'out') === 'yes'
      const outcome = await firms.placeClients(asker(visit), {
        ...{ firm, portfolio },
        ...(isOut ? { remove: [principal] } : { add: [principal] }),
      })
      const done = isOut ? 'taken_out' : 'placed'
      return ended(visit, outcome, { done, path: firmPaths.client(firm, principal) })
    }),
  )

  // ── Giving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  const assignPath = firmPaths.assign(':firm' as OrganisationId)
  const assigning = working(async (visit, at) => {
    if (!may(at, 'assign')) return notFound(visit)
    const isPost = visit.request.method === 'POST'
    const from = isPost ? visit.body : (query(visit) as Body)
    const target = await targetIn(visit, at, from)
    const people = await firms.members(asker(visit), at.seat.firm)
    if (!target || !people.ok) return notFound(visit)
    const members = people.members.filter(
      ({ state, membership }) =>
        state === 'active' && (at.seat.role === 'administrator' || membership !== at.seat.membership),
    )
    const rights = [(from as Record<string, unknown>).right ?? []].flat().map(String)
    const typed = {
      member: textIn(from, 'member'),
      rights: new Set(rights),
      level: textIn(from, 'level'),
      until: textIn(from, 'until').trim(),
    }
    const { to, given } = target
    const draw = (refused?: AssignView['refused']) =>
      show(visit, assignPage({ to, members, given, typed, ...(refused ? { refused } : {}) }, at, pages, visit))
    if (!isPost) return draw()
    if (!isId('membership', typed.member)) return draw('member_missing')
    const until = typed.until === '' ? undefined : endOfDay(typed.until, pages.timeZone)
    if (Number.isNaN(until)) return draw('until_unreadable')
    const ticked = Map.groupBy(
      rights.map((right) => right.split(' ')),
      ([service = '']) => service,
    )
    const actions = Object.fromEntries(
      [...ticked].map(([service, rows]) => [service, rows.map(([, action]) => action as Action)]),
    )
    const outcome = await firms.assign(asker(visit), {
      ...{ firm: at.seat.firm, membership: typed.member, to: target.target, actions },
      ...(isLevel(typed.level) ? { minimumLevel: typed.level } : {}),
      ...(until === undefined ? {} : { until }),
    })
    if (outcome.ok) return pages.done(visit, to.path, 'assigned')
    return outcome.reason === 'unknown' ? notFound(visit) : draw(outcome.reason)
  })
  get(assignPath, guardChange(assigning))
  post(assignPath, guardChange(assigning))

  /** The client or the portfolio that a form is about, with the rows that can be given of it. */
  async function targetIn(visit: SpaceVisit, { seat: { firm } }: At, from: Body) {
    const principal = textIn(from, 'principal')
    if (isId('organisation', principal)) {
      const found = await firms.client(asker(visit), { firm, principal })
      if (!found.ok) return undefined
      const path = firmPaths.client(firm, principal)
      const to = { name: found.client.name, field: 'principal' as const, id: principal, path }
      return { to, target: { principal }, given: found.given }
    }
    const portfolio = textIn(from, 'portfolio')
    const [all, given] = await Promise.all([firms.portfolios(asker(visit), firm), firms.givenTo(asker(visit), firm)])
    const found = all.ok && all.portfolios.find((one) => one.portfolio === portfolio)
    if (!found || !given.ok) return undefined
    const path = firmPaths.portfolio(firm, found.portfolio)
    const to = { name: found.name, field: 'portfolio' as const, id: found.portfolio, path }
    return { to, target: { portfolio: found.portfolio }, given: given.given }
  }

  post(
    firmPaths.unassign(':firm' as OrganisationId, ':assignment' as AssignmentId),
    working(async (visit, { seat: { firm } }) => {
      const assignment = param(visit, 'assignment')
      if (!isId('assignment', assignment)) return notFound(visit)
      const outcome = await firms.unassign(asker(visit), { firm, assignment })
      const back = textIn(visit.body, 'back')
      const isOwn = /^\/firm\/[\w-]+\/(?:clients|members|portfolios)\/[\w-]+$/.test(back)
      return ended(visit, outcome, { done: 'unassigned', path: isOwn ? back : firmPaths.home(firm) })
    }),
  )

  // ── Portfolios ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const portfoliosPath = firmPaths.portfolios(':firm' as OrganisationId)
  get(
    portfoliosPath,
    working(async (visit, at) => {
      const found = await firms.portfolios(asker(visit), at.seat.firm)
      return found.ok
        ? show(visit, portfoliosPage({ ...found, typed: '', ...said(visit) }, at, pages, visit))
        : notFound(visit)
    }),
  )
  post(
    portfoliosPath,
    working(async (visit, at) => {
      const { firm } = at.seat
      const name = textIn(visit.body, 'name')
      const outcome = await firms.makePortfolio(asker(visit), { firm, name })
      if (outcome.ok) return pages.done(visit, firmPaths.portfolios(firm), 'made')
      const found = await firms.portfolios(asker(visit), firm)
      if (!found.ok || outcome.reason === 'not_allowed') return notFound(visit)
      return show(visit, portfoliosPage({ ...found, typed: name, refused: outcome.reason }, at, pages, visit))
    }),
  )

  const anyPortfolio = [':firm' as OrganisationId, ':portfolio' as PortfolioId] as const
  async function portfolioIn(visit: SpaceVisit, { seat: { firm } }: At) {
    const found = await firms.portfolios(asker(visit), firm)
    const all = found.ok ? found.portfolios : []
    const portfolio = all.find((one) => one.portfolio === param(visit, 'portfolio'))
    return portfolio && { portfolio, all }
  }

  get(
    firmPaths.portfolio(...anyPortfolio),
    working(async (visit, at) => {
      const { firm } = at.seat
      const found = await portfolioIn(visit, at)
      if (!found) return notFound(visit)
      const { portfolio, all } = found
      const [given, people] = await Promise.all([
        firms.assignments(asker(visit), { firm, of: { portfolio: portfolio.portfolio } }),
        firms.members(asker(visit), firm),
      ])
      const view = {
        ...{ portfolio, portfolios: all, assignments: given.ok ? given.assignments : [] },
        members: byMembership(people.ok ? people.members : []),
        ...said(visit),
      }
      return show(visit, portfolioPage(view, at, pages, visit))
    }),
  )
  post(
    firmPaths.portfolio(...anyPortfolio),
    working(async (visit, at) => {
      const { firm } = at.seat
      const found = await portfolioIn(visit, at)
      if (!found) return notFound(visit)
      const { portfolio } = found.portfolio
      const outcome = await firms.renamePortfolio(asker(visit), { firm, portfolio, name: textIn(visit.body, 'name') })
      return ended(visit, outcome, { done: 'renamed', path: firmPaths.portfolio(firm, portfolio) })
    }),
  )

  const removePortfolioPath = firmPaths.removePortfolio(...anyPortfolio)
  get(
    removePortfolioPath,
    working(async (visit, at) => {
      const found = may(at, 'portfolios') ? await portfolioIn(visit, at) : undefined
      if (!found) return notFound(visit)
      const { t } = visit.context
      const { portfolio, name, members } = found.portfolio
      const asked = {
        title: t('firm.portfolio.remove.title', { name }),
        text: [t('firm.portfolio.remove.text', { count: members })],
        ...{ go: t('firm.portfolio.remove.go'), current: 'portfolios' as const, isHard: true },
        path: firmPaths.removePortfolio(at.seat.firm, portfolio),
        back: firmPaths.portfolio(at.seat.firm, portfolio),
      }
      return show(visit, questionPage(asked, at, pages, visit))
    }),
  )
  post(
    removePortfolioPath,
    working(async (visit, { seat: { firm } }) => {
      const portfolio = param(visit, 'portfolio')
      if (!isId('portfolio', portfolio)) return notFound(visit)
      const outcome = await firms.removePortfolio(asker(visit), { firm, portfolio })
      return ended(visit, outcome, { done: 'portfolio_removed', path: firmPaths.portfolios(firm) })
    }),
  )

  // ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  const importPath = firmPaths.import(':firm' as OrganisationId)
  const blank = (visit: SpaceVisit) => {
    const taking = [...partners.registry().services.values()].find(({ representation }) => representation !== undefined)
    const kind = importKinds.find((one) => one === (visit.body.kind ?? query(visit).kind)) ?? 'mandates'
    const schemes = organisations.schemes.map(({ scheme }) => scheme)
    return { kind, schemes, service: taking?.id ?? 'declarations' }
  }
  get(
    importPath,
    working(async (visit, at) =>
      may(at, 'import') ? show(visit, importPage(blank(visit), at, pages, visit)) : notFound(visit),
    ),
  )
  const importing = working(async (visit, at) => {
    const { firm } = at.seat
    if (!may(at, 'import')) return notFound(visit)
    const view = blank(visit)
    const upload = visit.body.file as Upload | string | undefined
    if (typeof upload !== 'object' || upload.kind === 'too_large') {
      const fault = typeof upload === 'object' ? 'too_large' : 'empty'
      return show(visit, importPage({ ...view, fault }, at, pages, visit))
    }
    const outcome = await imports.check(asker(visit), { firm, kind: view.kind, file: upload.bytes })
    if (outcome.ok) return visit.reply.redirect(firmPaths.checked(firm, outcome.checked.import), 303)
    if ('fault' in outcome) return show(visit, importPage({ ...view, ...outcome }, at, pages, visit))
    return notFound(visit)
  })
  void pages.web.app.register(async (scope: FastifyInstance) => {
    // The other fields of the form are short.
    takeUploads(scope, { most: longestFile })
    post(importPath, importing, { scope })
  })

  const anyImport = [':firm' as OrganisationId, ':import' as FirmImportId] as const
  async function checkedIn(visit: SpaceVisit, { seat: { firm } }: At) {
    const id = param(visit, 'import')
    const found = isId('firmImport', id) ? await imports.checked(asker(visit), { firm, import: id }) : undefined
    return found?.ok ? found.checked : undefined
  }
  get(
    firmPaths.checked(...anyImport),
    working(async (visit, at) => {
      const checked = await checkedIn(visit, at)
      if (!checked) return notFound(visit)
      const done = pages.outcomeIn(visit, ['imported']) !== undefined
      const refused = importRefusals.find((one) => one === query(visit).refused)
      return show(visit, checkedPage({ checked, done, ...(refused ? { refused } : {}) }, at, pages, visit))
    }),
  )
  post(
    firmPaths.checked(...anyImport),
    guardChange(
      working(async (visit, { seat: { firm } }) => {
        const id = param(visit, 'import')
        if (!isId('firmImport', id)) return notFound(visit)
        const outcome = await imports.apply(asker(visit), { firm, import: id, mark: textIn(visit.body, 'mark') })
        return ended(visit, outcome, { done: 'imported', path: firmPaths.checked(firm, id) })
      }),
    ),
  )
  get(
    firmPaths.result(...anyImport),
    working(async (visit, at) => {
      const checked = await checkedIn(visit, at)
      if (!checked) return notFound(visit)
      return visit.reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="import-result.csv"')
        .header('cache-control', 'no-store')
        .send(resultFile(checked, visit))
    }),
  )
}

const importRefusals = ['changed_meanwhile', 'nothing_good', 'applied_before', 'not_allowed', 'level_too_low'] as const

const portfolioAsked = (asked: unknown): PortfolioId | 'none' | undefined =>
  asked === 'none' || isId('portfolio', asked) ? asked : undefined
