/** A firm, drawn: where one works, its clients, its members, its portfolios. */
import type { Organisation } from '../directory/organisations.ts'
import { type Html, html } from '../http/html.ts'
import type { AssignmentId, MandateId, OrganisationId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { Assignment, Client, FirmRefusal, Invitation, Member, Portfolio, Seat } from '../mandates/firm.ts'
import { nameLimit } from '../mandates/firm.ts'
import { type ClientState, clientStates } from '../mandates/firm-store.ts'
import type { NamedMandate, UseView } from '../mandates/mandates.ts'
import { type AssignedActions, type FirmRole, firmRoles, inOrder } from '../policy/firm.ts'
import type { Action, Right } from '../policy/mandate.ts'
import { dayOf, type Framed, hiddenField, timeOf } from '../space/frame.ts'
import { mandatePaths, numbersOf, stateMark } from '../space/mandates-words.ts'
import type { SpaceVisit } from '../space/visit.ts'
import {
  type At,
  type Drawn,
  type FirmPlace,
  firmPaths,
  framed,
  lastDay,
  levelChoices,
  limitsOf,
  may,
  rightsIn,
} from './firm-frame.ts'

export const doneInFirm = [
  ...(['opened', 'joined', 'withdrawn', 'confirmed', 'turned_away', 'role', 'removed', 'left'] as const),
  ...(['assigned', 'unassigned', 'placed', 'taken_out', 'made', 'renamed', 'portfolio_removed', 'imported'] as const),
] as const
export type DoneInFirm = (typeof doneInFirm)[number]

/** What a person reads who asked for what cannot be done. */
type Why = FirmRefusal | 'until_unreadable' | 'member_missing'

/** Why nothing was done; it leads to the field that is at fault. */
function refusal(why: Why, field: string | undefined, { context: { t } }: SpaceVisit): Html {
  const said = t(`firm.refused.${why}`)
  return html`<div class="fault" role="alert" id="refused"><p>${field === undefined ? said : html`<a href="#${field}">${said}</a>`}</p></div>`
}

/** On the field that the refusal is about. */
const atFault = (isIt: boolean) => isIt && html` aria-invalid="true" aria-errormessage="refused"`

/** Heard first by whoever does not see the page. */
const titled = (title: string, isStopped: boolean, { context: { t } }: SpaceVisit) =>
  isStopped ? t('mandates.form.stopped', { title }) : title

/** What was just done, or why nothing was. */
export interface Said {
  done?: DoneInFirm
  refused?: FirmRefusal
}

export function saidIn({ done, refused }: Said, visit: SpaceVisit): Html {
  return html`${done && html`<p class="required" role="status">${visit.context.t(`firm.done.${done}`)}</p>`}
${refused && refusal(refused, undefined, visit)}`
}

interface Asked {
  title: string
  text: readonly (string | Html)[]
  /** What the button says. */
  go: string
  /** Takes something away from somebody at once. */
  isHard?: boolean
  path: string
  back: string
  current: FirmPlace
  fields?: Html
}

/** A page that says what a step does before it is done. */
export function questionPage(asked: Asked, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { title, text, go, isHard, path, back, current, fields } = asked
  return framed(
    at,
    {
      ...{ title, current, here: path },
      main: html`<h1>${title}</h1>
${text.map((line) => html`<p>${line}</p>`)}
<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}${fields}
<p class="buttons"><button class="button${isHard && ' button-stop'}">${go}</button> <a href="${back}">${t('firm.no')}</a></p></form>`,
    },
    visit,
  )
}

// --- Where one works -----------------------------------------------------------------------------------------------

export interface AllView extends Said {
  seats: readonly (Seat & { organisation: Organisation | undefined })[]
  openable: readonly Organisation[]
}

export function allPage({ seats, openable, ...said }: AllView, visit: SpaceVisit): Framed {
  const { t } = visit.context
  return {
    title: t('firm.all'),
    current: 'mandates',
    here: firmPaths.all,
    main: html`<h1>${t('firm.all')}</h1>
<p class="lead">${t('firm.all.lead')}</p>
${saidIn(said, visit)}
<section class="panel" aria-labelledby="mine"><h2 id="mine">${t('firm.mine')}</h2>
${
  seats.length === 0
    ? html`<p>${t('firm.mine.none')}</p>`
    : html`<ul class="rows">${seats.map(
        ({ firm, organisation, role, state }) => html`<li>${
          state === 'active'
            ? html`<a href="${firmPaths.home(firm)}"><strong><bdi>${organisation?.name}</bdi></strong></a>`
            : html`<strong><bdi>${organisation?.name}</bdi></strong> <span class="mark-state">${t('firm.waiting')}</span>`
        }
<p class="about-one"><span>${t(`firm.role.${role}`)}</span>${organisation && html`<span>${numbersOf(organisation)}</span>`}</p>
${state === 'waiting' && html`<p>${t('firm.waiting.text')} <a href="${firmPaths.leave(firm)}">${t('firm.waiting.leave')}</a></p>`}</li>`,
      )}</ul>`
}</section>
<section class="panel" aria-labelledby="open"><h2 id="open">${t('firm.openable')}</h2>
${
  openable.length === 0
    ? html`<p>${t('firm.openable.none')}</p>`
    : html`<p>${t('firm.openable.text')}</p>
<ul class="rows">${openable.map(
        (one) => html`<li><strong><bdi>${one.name}</bdi></strong>
<p class="about-one"><span>${numbersOf(one)}</span></p>
<p class="buttons"><a class="button button-quiet" href="${firmPaths.open(one.organisation)}">${t('firm.open.ask')}<span class="unseen"> – ${one.name}</span></a></p></li>`,
      )}</ul>`
}</section>`,
  }
}

export function openPage(
  view: Said & { organisation: Organisation; again: boolean },
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const { organisation, again } = view
  const path = firmPaths.open(organisation.organisation)
  const kind = again ? 'again' : 'first'
  return {
    title: t(`firm.open.${kind}`),
    current: 'mandates',
    here: path,
    main: html`<h1>${t(`firm.open.${kind}`)}</h1>
<p class="lead"><bdi>${organisation.name}</bdi> ${numbersOf(organisation)}</p>
${saidIn(view, visit)}
<p>${t(`firm.open.${kind}.text`)}</p><p>${t('firm.open.told')}</p>
<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="button">${t(`firm.open.${kind}.go`)}</button> <a href="${firmPaths.all}">${t('firm.no')}</a></p></form>`,
  }
}

export interface JoinView extends Said {
  token: string
  found?: { organisation: Organisation | undefined; role: FirmRole; expiresAt: number }
}

export function joinPage({ token, found, ...said }: JoinView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const path = firmPaths.join(token)
  const page = { title: t('firm.join'), current: 'mandates' as const, here: path }
  if (!found) {
    return {
      ...page,
      status: said.refused === undefined || said.refused === 'link_unusable' ? 410 : 409,
      main: html`<h1>${t('firm.join.unusable')}</h1>
${said.refused && said.refused !== 'link_unusable' && saidIn(said, visit)}
<p class="lead">${t('firm.join.unusable.text')}</p>
<p class="buttons"><a class="button" href="${firmPaths.all}">${t('firm.all')}</a></p>`,
    }
  }
  const { organisation, role, expiresAt } = found
  return {
    ...page,
    ...(said.refused ? { status: 409 } : {}),
    main: html`<h1>${t('firm.join')}</h1>
<p class="lead"><bdi>${organisation?.name}</bdi> ${organisation && numbersOf(organisation)}</p>
${saidIn(said, visit)}
<dl class="data"><div><dt>${t('firm.role')}</dt><dd>${t(`firm.role.${role}`)}</dd></div>
<div><dt>${t('firm.join.as')}</dt><dd><bdi>${visit.name}</bdi></dd></div>
<div><dt>${t('firm.join.until')}</dt><dd>${timeOf(expiresAt, pages.timeZone, visit.context)}</dd></div></dl>
<p>${t('firm.join.text')}</p>
<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="button">${t('firm.join.go')}</button> <a href="${firmPaths.all}">${t('firm.join.no')}</a></p></form>`,
  }
}

// --- The first page of a firm --------------------------------------------------------------------------------------

export interface HomeView extends Said {
  clients: number
  /** For administrators. */
  run?: {
    waiting: readonly { mandate: MandateId; organisation: Organisation | undefined; answerBy: number }[]
    ending: number
    unconfirmed: readonly Member[]
    members: number
  }
}

export function homePage({ clients, run, ...said }: HomeView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { firm } = at.seat
  return framed(
    at,
    {
      ...{ title: t('firm.place.home'), current: 'home', here: firmPaths.home(firm) },
      main: html`<h1><bdi>${at.name}</bdi></h1>
${saidIn(said, visit)}
${
  run &&
  html`<section class="panel" aria-labelledby="waiting"><h2 id="waiting">${t('firm.home.waiting')}</h2>
${
  run.waiting.length === 0
    ? html`<p>${t('firm.home.waiting.none')}</p>`
    : html`<p>${t('firm.home.waiting.text')}</p><ul class="rows">${run.waiting.map(
        ({
          mandate,
          organisation,
          answerBy,
        }) => html`<li><a href="${mandatePaths.one(mandate)}"><strong><bdi>${organisation?.name ?? t('firm.client.gone')}</bdi></strong></a>
<p class="about-one"><span>${t('firm.answer_by')} ${timeOf(answerBy, pages.timeZone, context)}</span></p></li>`,
      )}</ul>`
}</section>
${
  run.unconfirmed.length > 0 &&
  html`<section class="panel" aria-labelledby="unconfirmed"><h2 id="unconfirmed">${t('firm.home.unconfirmed')}</h2>
<ul class="rows">${run.unconfirmed.map(
    (one) =>
      html`<li><a href="${firmPaths.confirm(firm, one.membership)}">${nameOf(one, visit)}</a> · ${t(`firm.role.${one.role}`)}</li>`,
  )}</ul></section>`
}`
}
<section class="panel" aria-labelledby="counts"><h2 id="counts">${t('firm.home.counts')}</h2>
<ul class="plain"><li><a href="${firmPaths.clients(firm)}">${t('firm.count.clients', { count: clients })}</a></li>
${
  run &&
  html`<li><a href="${firmPaths.clients(firm)}?state=ending">${t('firm.count.ending', { count: run.ending })}</a></li>
<li><a href="${firmPaths.members(firm)}">${t('firm.count.members', { count: run.members })}</a></li>`
}</ul>
${clients > 0 && html`<p>${t('firm.home.act')}</p>`}</section>
<p><a href="${firmPaths.leave(firm)}">${t('firm.leave.ask')}</a></p>`,
    },
    visit,
  )
}

export const nameOf = ({ name }: Pick<Member, 'name'>, { context: { t } }: SpaceVisit): Html =>
  html`<bdi>${name ?? t('firm.member.gone')}</bdi>`

// --- Clients -------------------------------------------------------------------------------------------------------

export const clientFilters = [...clientStates, 'ending'] as const
export type ClientFilter = ClientState | 'ending'

export interface ClientsView extends Said {
  search: string
  state?: ClientFilter
  portfolio?: string
  portfolios: readonly Portfolio[]
  clients: readonly Client[]
  total: number
  next?: string
  isFirst: boolean
}

export function clientsPage(view: ClientsView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { firm } = at.seat
  const { search, state, portfolio, portfolios, clients, total, next, isFirst } = view
  const path = firmPaths.clients(firm)
  const isAsked = search !== '' || state !== undefined || portfolio !== undefined
  const query = { ...(search && { q: search }), ...(state && { state }), ...(portfolio && { portfolio }) }
  const option = (value: string, label: string, chosen: string | undefined) =>
    html`<option value="${value}"${chosen === value && html` selected`}>${label}</option>`
  return framed(
    at,
    {
      ...{ title: t('firm.place.clients'), current: 'clients', here: path },
      main: html`<h1>${t('firm.place.clients')}</h1>
${saidIn(view, visit)}
<form class="filter" method="get" action="${path}" role="search">
<p class="ask"><label for="q">${t('firm.search')}</label>
<input id="q" name="q" type="search" value="${search}" maxlength="60" autocomplete="off" spellcheck="false" dir="auto"></p>
<p class="ask"><label for="state">${t('firm.filter.state')}</label><select id="state" name="state">${option('', t('firm.filter.any'), state)}${clientFilters.map((one) => option(one, t(`firm.state.${one}`), state))}</select></p>
${
  portfolios.length > 0 &&
  html`<p class="ask"><label for="portfolio">${t('firm.portfolio')}</label><select id="portfolio" name="portfolio">${option('', t('firm.filter.any'), portfolio)}${option('none', t('firm.filter.none'), portfolio)}${portfolios.map((one) => option(one.portfolio, one.name, portfolio))}</select></p>`
}
<p class="actions"><button class="button button-quiet">${t('firm.search.go')}</button>${isAsked && html` <a href="${path}">${t('firm.search.all')}</a>`}</p></form>
<p role="status">${t(isAsked ? 'firm.found' : 'firm.count.clients', { count: total })}</p>
${
  total === 0 && !isAsked
    ? html`<p>${t(may(at, 'accept') ? 'firm.clients.none' : 'firm.clients.none_given')}</p>`
    : html`<ul class="rows">${clients.map((one) => clientRow(one, at, pages, visit))}</ul>`
}
${
  (!isFirst || next !== undefined) &&
  html`<p class="actions">${!isFirst && html`<a href="${path}?${new URLSearchParams(query)}">${t('firm.first')}</a>`}
${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?${new URLSearchParams({ ...query, after: next })}">${t('firm.more')}</a>`}</p>`
}
${may(at, 'accept') && html`<p class="actions"><a class="button button-quiet" href="${mandatePaths.propose}?as=${firm}">${t('firm.propose')}</a></p>`}`,
    },
    visit,
  )
}

const good = (state: ClientState) => (state === 'active' ? ' good' : state === 'suspended' ? ' bad' : '')

function clientRow(one: Client, { seat }: At, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { principal, name, state, until, answerBy } = one
  return html`<li><a href="${firmPaths.client(seat.firm, principal)}"><strong><bdi>${name}</bdi></strong></a> <span class="mark-state${good(state)}">${t(`firm.state.${state}`)}</span>
<p class="about-one">${
    answerBy === undefined
      ? html`<span>${t(state === 'ended' ? 'firm.ended' : 'firm.until', { day: lastDay(until, pages, visit) })}</span>`
      : html`<span>${t('firm.answer_by')} ${timeOf(answerBy, pages.timeZone, visit.context)}</span>`
  }</p></li>`
}

export interface ClientView extends Said {
  client: Client
  organisation: Organisation | undefined
  mandates: readonly NamedMandate[]
  assignments: readonly Assignment[]
  members: ReadonlyMap<string, Member>
  in: readonly { portfolio: string; name: string }[]
  portfolios: readonly Portfolio[]
  uses: readonly UseView[]
}

export function clientPage(view: ClientView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { firm } = at.seat
  const { client, organisation, mandates, uses } = view
  const path = firmPaths.client(firm, client.principal)
  const isAdministrator = may(at, 'accept')
  return framed(
    at,
    {
      ...{ title: client.name, current: 'clients', here: path },
      main: html`<h1><bdi>${client.name}</bdi></h1>
<p class="lead">${organisation && numbersOf(organisation)} <span class="mark-state${good(client.state)}">${t(`firm.state.${client.state}`)}</span></p>
${saidIn(view, visit)}
<section class="panel" aria-labelledby="mandates"><h2 id="mandates">${t('firm.client.mandates')}</h2>
<ul class="rows">${mandates.map(({ view: one }) => {
        const head = html`${t('firm.client.mandate', { from: dayOf(one.from, pages.timeZone, context), until: lastDay(one.until, pages, visit) })}`
        return html`<li>${isAdministrator ? html`<a href="${mandatePaths.one(one.mandate)}">${head}</a>` : head} ${stateMark(one, pages, visit)}
${rightsIn(grouped(one.rights), pages, visit)}</li>`
      })}</ul></section>
<section class="panel" aria-labelledby="assigned"><h2 id="assigned">${t('firm.client.assigned')}</h2>
${assignmentRows(view, at, { path, pages, visit })}
${may(at, 'assign') && client.state !== 'ended' && html`<p class="buttons"><a class="button" href="${firmPaths.assign(firm)}?principal=${client.principal}">${t('firm.assign')}</a></p>`}</section>
${isAdministrator && placing(view, at, pages, visit)}
${
  isAdministrator &&
  html`<section class="panel" aria-labelledby="uses"><h2 id="uses">${t('firm.client.uses')}</h2>
${
  uses.length === 0
    ? html`<p>${t('firm.client.uses.none')}</p>`
    : html`<ul class="rows">${uses.map(
        (use) => html`<li>${timeOf(use.at, pages.timeZone, context)} · <bdi>${use.name ?? t('firm.member.gone')}</bdi>
<p class="about-one"><span><bdi>${pages.serviceName(visit, use.service)}</bdi></span><span>${use.actions.map((action) => t(`acting.action.${action}`)).join(t('firm.comma'))}</span>${use.refused && html`<span>${t('firm.client.refused')}</span>`}</p></li>`,
      )}</ul>`
}</section>`
}`,
    },
    visit,
  )
}

export function grouped(rights: readonly Pick<Right, 'service' | 'action'>[]): AssignedActions {
  const rows: Record<string, Action[]> = {}
  for (const { service, action } of rights) rows[service] = [...(rows[service] ?? []), action]
  return inOrder(rows)
}

function placing(view: ClientView, { seat }: At, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const path = firmPaths.place(seat.firm, view.client.principal)
  const others = view.portfolios.filter(({ portfolio }) => !view.in.some((one) => one.portfolio === portfolio))
  const verifier = hiddenField(pages.verifierOf(visit))
  return html`<section class="panel" aria-labelledby="placed"><h2 id="placed">${t('firm.place.portfolios')}</h2>
${
  view.in.length === 0
    ? html`<p>${t('firm.client.unplaced')}</p>`
    : html`<ul class="rows">${view.in.map(
        ({ portfolio, name }) => html`<li><bdi>${name}</bdi>
<form method="post" action="${path}">${verifier}<input type="hidden" name="portfolio" value="${portfolio}"><input type="hidden" name="out" value="yes">
<button class="link">${t('firm.take_out')}<span class="unseen"> – ${name}</span></button></form></li>`,
      )}</ul>`
}
${
  others.length > 0 &&
  view.client.state !== 'ended' &&
  html`<form method="post" action="${path}">${verifier}
<p class="ask"><label for="into">${t('firm.put_in')}</label><select id="into" name="portfolio">${others.map(({ portfolio, name }) => html`<option value="${portfolio}">${name}</option>`)}</select></p>
<p class="buttons"><button class="button button-quiet">${t('firm.put_in.go')}</button></p></form>`
}</section>`
}

/** Who was given something, or what somebody was given. */
function assignmentRows(
  view: {
    assignments: readonly Assignment[]
    members: ReadonlyMap<string, Member>
    portfolios: readonly Pick<Portfolio, 'portfolio' | 'name'>[]
    /** Of clients, where rows are about several. */
    clients?: ReadonlyMap<OrganisationId, Organisation>
  },
  at: At,
  { path, pages, visit }: { path: string; pages: Drawn; visit: SpaceVisit },
): Html {
  const { t } = visit.context
  const { assignments, members, portfolios, clients } = view
  if (assignments.length === 0) return html`<p>${t(clients ? 'firm.assigned.nothing' : 'firm.assigned.nobody')}</p>`
  const targetOf = ({ to }: Assignment): Html =>
    'principal' in to
      ? html`<a href="${firmPaths.client(at.seat.firm, to.principal)}"><bdi>${clients?.get(to.principal)?.name ?? t('firm.client.gone')}</bdi></a>`
      : html`${t('firm.portfolio')} <bdi>${portfolios.find(({ portfolio }) => portfolio === to.portfolio)?.name}</bdi>`
  const whose = ({ membership }: Assignment) => {
    const member = members.get(membership)
    return member ? nameOf(member, visit) : html`${t('firm.you')}`
  }
  return html`<ul class="rows">${assignments.map((one) => {
    const id = `of-${one.assignment}`
    const isOwn = one.membership === at.seat.membership
    return html`<li><p id="${id}"><strong>${clients ? targetOf(one) : whose(one)}</strong>${isOwn && !clients && html` (${t('firm.you')})`}</p>
${rightsIn(one.actions, pages, visit)}
${((!clients && 'portfolio' in one.to) || one.until !== undefined || one.minimumLevel) && html`<p class="about-one">${!clients && 'portfolio' in one.to && html`<span>${targetOf(one)}</span>`}${limitsOf(one, pages, visit)}</p>`}
${may(at, 'assign') && unassignForm(one.assignment, { path, label: id }, at, pages, visit)}</li>`
  })}</ul>`
}

function unassignForm(
  assignment: AssignmentId,
  { path, label }: { path: string; label: string },
  { seat }: At,
  pages: Drawn,
  visit: SpaceVisit,
): Html {
  return html`<form method="post" action="${firmPaths.unassign(seat.firm, assignment)}">${hiddenField(pages.verifierOf(visit))}<input type="hidden" name="back" value="${path}">
<button class="link" aria-describedby="${label}">${visit.context.t('firm.unassign')}</button></form>`
}

// --- Giving --------------------------------------------------------------------------------------------------------

export interface TypedAssignment {
  member: string
  /** `declarations submit`. */
  rights: ReadonlySet<string>
  level: string
  until: string
}

export interface AssignView {
  /** The client or the portfolio. */
  to: { name: string; field: 'principal' | 'portfolio'; id: string; path: string }
  members: readonly Member[]
  /** Rows that can be given. */
  given: readonly Pick<Right, 'service' | 'action'>[]
  typed: TypedAssignment
  refused?: Why
}

const fieldOfAssignment: Readonly<Partial<Record<Why, 'member' | 'until' | 'rights'>>> = {
  ...{ member_missing: 'member', own_assignment: 'member', until_unreadable: 'until', until_past: 'until' },
  ...{ nothing_given: 'rights', beyond_mandate: 'rights', beyond_own: 'rights' },
}

export function assignPage(
  { to, members, given, typed, refused }: AssignView,
  at: At,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const path = firmPaths.assign(at.seat.firm)
  const services = Object.entries(grouped(given))
  const field = refused && fieldOfAssignment[refused]
  return framed(
    at,
    {
      ...{
        title: titled(t('firm.assign'), refused !== undefined, visit),
        current: to.field === 'principal' ? 'clients' : 'portfolios',
      },
      ...{ here: `${path}?${to.field}=${to.id}`, status: refused ? 422 : 200 },
      main: html`<h1>${t('firm.assign')}</h1>
<p class="lead">${t(`firm.assign.${to.field}`)} <strong><bdi>${to.name}</bdi></strong></p>
${refused && refusal(refused, field, visit)}
${
  members.length === 0 || services.length === 0
    ? html`<p>${t(services.length === 0 ? 'firm.assign.no_rights' : 'firm.assign.no_members')}</p><p><a href="${to.path}">${t('firm.no')}</a></p>`
    : html`<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}<input type="hidden" name="${to.field}" value="${to.id}">
<p class="ask"><label for="member">${t('firm.assign.whom')}</label><select id="member" name="member" required${atFault(field === 'member')}><option value="">${t('firm.assign.choose')}</option>${members.map(
        (one) =>
          html`<option value="${one.membership}"${typed.member === one.membership && html` selected`}>${one.name ?? t('firm.member.gone')} – ${t(`firm.role.${one.role}`)}</option>`,
      )}</select></p>
${services.map(
  ([service, taken], index) =>
    html`<fieldset class="picks"${index === 0 && html` id="rights" tabindex="-1"`}><legend><bdi>${pages.serviceName(visit, service)}</bdi></legend>${taken.map(
      (action) => {
        const id = `${service}-${action}`
        return html`<p class="pick"><input type="checkbox" id="${id}" name="right" value="${service} ${action}"${typed.rights.has(`${service} ${action}`) && html` checked`}><label for="${id}">${t(`acting.action.${action}`)}</label></p>`
      },
    )}</fieldset>`,
)}
<p class="hint">${t('firm.assign.within')}</p>
<p class="ask"><label for="level">${t('firm.assign.level')}</label><select id="level" name="level"><option value="">${t('firm.assign.level.same')}</option>${levelChoices
        .slice(1)
        .map(
          (level) =>
            html`<option value="${level}"${typed.level === level && html` selected`}>${t(`own.level.${level}`)}</option>`,
        )}</select></p>
<p class="ask"><label for="until">${t('firm.assign.until')}</label><input type="date" id="until" name="until" value="${typed.until}" dir="ltr" aria-describedby="until-hint"${atFault(field === 'until')}><small class="hint" id="until-hint">${t('firm.assign.until.hint')}</small></p>
<p class="hint">${t('firm.assign.instead')}</p>
<p class="buttons"><button class="button">${t('firm.assign.go')}</button> <a href="${to.path}">${t('firm.no')}</a></p></form>`
}`,
    },
    visit,
  )
}

// --- Members -------------------------------------------------------------------------------------------------------

export interface MembersView extends Said {
  members: readonly Member[]
  invitations: readonly Invitation[]
}

export function membersPage(
  { members, invitations, ...said }: MembersView,
  at: At,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { context } = visit
  const { t } = context
  const { firm } = at.seat
  const isAdministrator = may(at, 'members')
  return framed(
    at,
    {
      ...{ title: t('firm.place.members'), current: 'members', here: firmPaths.members(firm) },
      main: html`<h1>${t('firm.place.members')}</h1>
${saidIn(said, visit)}
<ul class="rows">${members.map(
        (one) => html`<li>${
          one.state === 'waiting'
            ? html`<a href="${firmPaths.confirm(firm, one.membership)}"><strong>${nameOf(one, visit)}</strong></a> <span class="mark-state">${t('firm.to_confirm')}</span>`
            : html`<a href="${firmPaths.member(firm, one.membership)}"><strong>${nameOf(one, visit)}</strong></a>${one.membership === at.seat.membership && html` (${t('firm.you')})`}`
        }
<p class="about-one"><span>${t(`firm.role.${one.role}`)}</span>${one.isRepresentative && html`<span>${t('firm.representative')}</span>`}<span>${t('firm.member.since', { day: dayOf(one.since, pages.timeZone, context) })}</span><span>${t('firm.count.assignments', { count: one.assignments })}</span></p></li>`,
      )}</ul>
${
  isAdministrator &&
  html`<p class="buttons"><a class="button" href="${firmPaths.invite(firm)}">${t('firm.invite')}</a></p>
${
  invitations.length > 0 &&
  html`<section class="panel" aria-labelledby="links"><h2 id="links">${t('firm.invitations')}</h2>
<ul class="rows">${invitations.map(
    (
      one,
    ) => html`<li><p id="${one.invitation}">${one.mail ? html`<bdi dir="ltr">${one.mail}</bdi>` : t('firm.invitation.by_hand')} · ${t(`firm.role.${one.role}`)}</p>
<p class="about-one"><span>${t('firm.invitation.until')} ${timeOf(one.expiresAt, pages.timeZone, context)}</span></p>
<form method="post" action="${firmPaths.withdraw(firm, one.invitation)}">${hiddenField(pages.verifierOf(visit))}<button class="link" aria-describedby="${one.invitation}">${t('firm.invitation.withdraw')}</button></form></li>`,
  )}</ul></section>`
}`
}`,
    },
    visit,
  )
}

export interface InviteView {
  typed: { role: string; mail: string; language: string }
  refused?: FirmRefusal
}

export function invitePage({ typed, refused }: InviteView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const path = firmPaths.invite(at.seat.firm)
  const isMail = refused === 'address_malformed'
  return framed(
    at,
    {
      ...{ title: titled(t('firm.invite'), refused !== undefined, visit), current: 'members' },
      ...{ here: path, status: refused ? 422 : 200 },
      main: html`<h1>${t('firm.invite')}</h1>
<p class="lead">${t('firm.invite.lead')}</p>
${refused && refusal(refused, isMail ? 'mail' : undefined, visit)}
<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}
${rolePicks(typed.role, visit)}
<p class="ask"><label for="mail">${t('firm.invite.mail')}</label><input id="mail" name="mail" type="email" value="${typed.mail}" maxlength="254" autocomplete="off" dir="ltr" aria-describedby="mail-hint"${atFault(isMail)}><small class="hint" id="mail-hint">${t('firm.invite.mail.hint')}</small></p>
<p class="ask"><label for="language">${t('firm.invite.language')}</label><select id="language" name="language">${languages.map((one) => html`<option value="${one}"${typed.language === one && html` selected`}>${t(`firm.language.${one}`)}</option>`)}</select></p>
<p class="buttons"><button class="button">${t('firm.invite.go')}</button> <a href="${firmPaths.members(at.seat.firm)}">${t('firm.no')}</a></p></form>`,
    },
    visit,
  )
}

const rolePicks = (chosen: string, { context: { t } }: SpaceVisit): Html =>
  html`<fieldset class="picks"><legend>${t('firm.role')}</legend>${firmRoles
    .toReversed()
    .map(
      (role) =>
        html`<p class="pick pick-told"><input type="radio" id="role-${role}" name="role" value="${role}" required${chosen === role && html` checked`}><label for="role-${role}">${t(`firm.role.${role}`)} <span class="hint">${t(`firm.role.${role}.what`)}</span></label></p>`,
    )}</fieldset>`

/** The link, which is shown this once. */
export function linkPage(
  view: { link: string; expiresAt: number; mailed: boolean },
  at: At,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const path = firmPaths.members(at.seat.firm)
  return framed(
    at,
    {
      ...{ title: t('firm.link'), current: 'members', here: firmPaths.invite(at.seat.firm) },
      main: html`<h1>${t('firm.link')}</h1>
<div class="notice" role="status"><p>${t('firm.link.text')}</p>
<p><code class="secret" dir="ltr">${view.link}</code></p>
<p>${t('firm.invitation.until')} ${timeOf(view.expiresAt, pages.timeZone, visit.context)}</p></div>
<p>${t(view.mailed ? 'firm.link.mailed' : 'firm.link.not_mailed')}</p>
<p class="buttons"><a class="button" href="${path}">${t('firm.link.noted')}</a></p>`,
    },
    visit,
  )
}

export interface MemberView extends Said {
  member: Member
  assignments: readonly Assignment[]
  clients: ReadonlyMap<OrganisationId, Organisation>
  portfolios: readonly Portfolio[]
}

export function memberPage(view: MemberView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { firm } = at.seat
  const { member, assignments, clients, portfolios } = view
  const path = firmPaths.member(firm, member.membership)
  const members = new Map([[member.membership, member]])
  return framed(
    at,
    {
      ...{ title: member.name ?? t('firm.member.gone'), current: 'members', here: path },
      main: html`<h1>${nameOf(member, visit)}</h1>
<p class="about-one"><span>${t(`firm.role.${member.role}`)}</span>${member.isRepresentative && html`<span>${t('firm.representative')}</span>`}<span>${t('firm.member.since', { day: dayOf(member.since, pages.timeZone, context) })}</span><span>${t('firm.member.code')} <code dir="ltr">${member.membership}</code></span></p>
${saidIn(view, visit)}
<section class="panel" aria-labelledby="given"><h2 id="given">${t('firm.member.given')}</h2>
${assignmentRows({ assignments, members, portfolios, clients }, at, { path, pages, visit })}</section>
${
  may(at, 'members') &&
  html`<p class="actions"><a class="button button-quiet" href="${firmPaths.role(firm, member.membership)}">${t('firm.role.change')}</a>
<a href="${firmPaths.remove(firm, member.membership)}">${t('firm.remove')}</a></p>`
}`,
    },
    visit,
  )
}

export function confirmPage(view: Said & { member: Member }, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { member, ...said } = view
  const { firm } = at.seat
  const path = firmPaths.confirm(firm, member.membership)
  const verifier = hiddenField(pages.verifierOf(visit))
  return framed(
    at,
    {
      ...{ title: t('firm.confirm'), current: 'members', here: path },
      main: html`<h1>${t('firm.confirm')}</h1>
<p class="lead"><strong>${nameOf(member, visit)}</strong></p>
${saidIn(said, visit)}
<dl class="data"><div><dt>${t('firm.role')}</dt><dd>${t(`firm.role.${member.role}`)}</dd></div>
<div><dt>${t('firm.confirm.since')}</dt><dd>${timeOf(member.since, pages.timeZone, context)}</dd></div>
<div><dt>${t('firm.confirm.level')}</dt><dd>${t(`own.level.${member.level}`)}</dd></div></dl>
<p>${t('firm.confirm.text')}</p>
<div class="panel"><form method="post" action="${path}">${verifier}<p class="buttons"><button class="button">${t('firm.confirm.go')}</button></p></form>
<form method="post" action="${firmPaths.remove(firm, member.membership)}">${verifier}<p class="buttons"><button class="button button-quiet">${t('firm.confirm.no')}</button> <a href="${firmPaths.members(firm)}">${t('firm.later')}</a></p></form></div>`,
    },
    visit,
  )
}

export function rolePage({ member }: { member: Member }, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { firm } = at.seat
  return questionPage(
    {
      title: t('firm.role.change'),
      text: [html`<strong>${nameOf(member, visit)}</strong>`, t('firm.role.text')],
      ...{ go: t('firm.role.go'), current: 'members', fields: rolePicks(member.role, visit) },
      path: firmPaths.role(firm, member.membership),
      back: firmPaths.member(firm, member.membership),
    },
    at,
    pages,
    visit,
  )
}

// --- Portfolios ----------------------------------------------------------------------------------------------------

const nameField = (name: string, { context: { t } }: SpaceVisit, isWrong: boolean): Html =>
  html`<p class="ask"><label for="name">${t('firm.portfolio.name')}</label><input id="name" name="name" value="${name}" maxlength="${nameLimit}" required autocomplete="off" dir="auto"${atFault(isWrong)}></p>`

export interface PortfoliosView extends Said {
  portfolios: readonly Portfolio[]
  typed: string
}

export function portfoliosPage(
  { portfolios, typed, ...said }: PortfoliosView,
  at: At,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const { firm } = at.seat
  const path = firmPaths.portfolios(firm)
  return framed(
    at,
    {
      ...{ title: t('firm.place.portfolios'), current: 'portfolios', here: path, status: said.refused ? 422 : 200 },
      main: html`<h1>${t('firm.place.portfolios')}</h1>
<p class="lead">${t('firm.portfolios.lead')}</p>
${saidIn(said, visit)}
${
  portfolios.length === 0
    ? html`<p>${t('firm.portfolios.none')}</p>`
    : html`<ul class="rows">${portfolios.map(
        (
          one,
        ) => html`<li><a href="${firmPaths.portfolio(firm, one.portfolio)}"><strong><bdi>${one.name}</bdi></strong></a>
<p class="about-one"><span>${t('firm.count.clients', { count: one.clients })}</span><span>${t('firm.count.members', { count: one.members })}</span></p></li>`,
      )}</ul>`
}
${
  may(at, 'portfolios') &&
  html`<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}<h2>${t('firm.portfolio.new')}</h2>
${nameField(typed, visit, said.refused !== undefined)}
<p class="buttons"><button class="button">${t('firm.portfolio.make')}</button></p></form>`
}`,
    },
    visit,
  )
}

export interface PortfolioView extends Said {
  portfolio: Portfolio
  assignments: readonly Assignment[]
  members: ReadonlyMap<string, Member>
  portfolios: readonly Portfolio[]
}

export function portfolioPage(view: PortfolioView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { firm } = at.seat
  const { portfolio, assignments, members, portfolios } = view
  const path = firmPaths.portfolio(firm, portfolio.portfolio)
  return framed(
    at,
    {
      ...{ title: portfolio.name, current: 'portfolios', here: path, status: view.refused ? 422 : 200 },
      main: html`<h1><bdi>${portfolio.name}</bdi></h1>
${saidIn(view, visit)}
<p><a href="${firmPaths.clients(firm)}?portfolio=${portfolio.portfolio}">${t('firm.count.clients', { count: portfolio.clients })}</a></p>
<section class="panel" aria-labelledby="given"><h2 id="given">${t('firm.portfolio.members')}</h2>
${assignmentRows({ assignments, members, portfolios }, at, { path, pages, visit })}
${may(at, 'assign') && html`<p class="buttons"><a class="button" href="${firmPaths.assign(firm)}?portfolio=${portfolio.portfolio}">${t('firm.assign')}</a></p>`}</section>
${
  may(at, 'portfolios') &&
  html`<details class="panel"${view.refused && html` open`}><summary>${t('firm.portfolio.change')}</summary>
<form method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}${nameField(portfolio.name, visit, view.refused !== undefined)}
<p class="buttons"><button class="button button-quiet">${t('firm.portfolio.rename')}</button> <a href="${firmPaths.removePortfolio(firm, portfolio.portfolio)}">${t('firm.portfolio.remove')}</a></p></form></details>`
}`,
    },
    visit,
  )
}
