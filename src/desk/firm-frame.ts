/** What the pages of a firm have in common: their addresses, the way between them, names, days, rights in words. */
import { type Html, html } from '../http/html.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import type {
  AssignmentId,
  FirmImportId,
  FirmInvitationId,
  MembershipId,
  OrganisationId,
  PortfolioId,
} from '../kernel/ids.ts'
import type { Assignment, Seat } from '../mandates/firm.ts'
import { type AssignedActions, type FirmVerb, mayInFirm } from '../policy/firm.ts'
import { actions } from '../policy/mandate.ts'
import { dayOf, type Framed } from '../space/frame.ts'
import type { SpacePages, SpaceVisit } from '../space/visit.ts'

const of = (firm: OrganisationId, page: string) => `/firm/${firm}/${page}`

export const firmPaths = {
  /** GET: where one works. */
  all: '/firm',
  /** GET: who invites. POST: accepts. */
  join: (token: string) => `/firm/join/${token}`,
  /** GET: what it means. POST: opens it or takes it over. */
  open: (firm: OrganisationId) => `/firm/open/${firm}`,
  home: (firm: OrganisationId) => `/firm/${firm}`,
  /** GET `?q=`, `state=`, `portfolio=`, `after=`. */
  clients: (firm: OrganisationId) => of(firm, 'clients'),
  client: (firm: OrganisationId, principal: OrganisationId) => of(firm, `clients/${principal}`),
  /** POST `portfolio`, `out`. */
  place: (firm: OrganisationId, principal: OrganisationId) => of(firm, `clients/${principal}/portfolio`),
  /** GET `?principal=` or `?portfolio=`, `?member=`: the form. POST. */
  assign: (firm: OrganisationId) => of(firm, 'assign'),
  /** POST `back`. */
  unassign: (firm: OrganisationId, assignment: AssignmentId) => of(firm, `assignments/${assignment}/end`),
  members: (firm: OrganisationId) => of(firm, 'members'),
  /** GET: the form. POST `role`, `mail`, `language`: the answer holds the link. */
  invite: (firm: OrganisationId) => of(firm, 'invite'),
  /** POST. */
  withdraw: (firm: OrganisationId, invitation: FirmInvitationId) => of(firm, `invitations/${invitation}/withdraw`),
  member: (firm: OrganisationId, membership: MembershipId) => of(firm, `members/${membership}`),
  /** GET: is it whom they expected. POST. */
  confirm: (firm: OrganisationId, membership: MembershipId) => of(firm, `members/${membership}/confirm`),
  /** GET: the form. POST `role`. */
  role: (firm: OrganisationId, membership: MembershipId) => of(firm, `members/${membership}/role`),
  /** GET: what it does. POST: does it. */
  remove: (firm: OrganisationId, membership: MembershipId) => of(firm, `members/${membership}/remove`),
  leave: (firm: OrganisationId) => of(firm, 'leave'),
  /** GET. POST `name`: a new one. */
  portfolios: (firm: OrganisationId) => of(firm, 'portfolios'),
  /** GET `?after=`. POST `name`: another name. */
  portfolio: (firm: OrganisationId, portfolio: PortfolioId) => of(firm, `portfolios/${portfolio}`),
  /** GET: what it does. POST: does it. */
  removePortfolio: (firm: OrganisationId, portfolio: PortfolioId) => of(firm, `portfolios/${portfolio}/remove`),
  /** GET: the form. POST `kind` and a file: checks it. */
  import: (firm: OrganisationId) => of(firm, 'import'),
  /** GET: what came of the check. POST `mark`: carries it out. */
  checked: (firm: OrganisationId, id: FirmImportId) => of(firm, `import/${id}`),
  /** GET: the same, as a file. */
  result: (firm: OrganisationId, id: FirmImportId) => of(firm, `import/${id}/result.csv`),
} as const

export type Drawn = Pick<SpacePages, 'verifierOf' | 'timeZone' | 'serviceName' | 'clock'>

/** A member on a page of their firm. */
export interface At {
  seat: Seat
  /** The firm's. */
  name: string
}

const places = ['home', 'clients', 'members', 'portfolios', 'import'] as const
export type FirmPlace = (typeof places)[number]

const needs: Record<FirmPlace, FirmVerb> = {
  home: 'see_clients',
  clients: 'see_clients',
  members: 'see_members',
  portfolios: 'see_clients',
  import: 'import',
}

export const may = ({ seat }: At, verb: FirmVerb) => mayInFirm(seat.role, verb)

/** The firm's own way around stands below that of the space, in which the member is. */
export function framed(
  at: At,
  page: { title: string; current: FirmPlace; here: string; main: Html; status?: number },
  { context: { t } }: SpaceVisit,
): Framed {
  const { firm } = at.seat
  const { current, main, title, ...rest } = page
  return {
    ...rest,
    title: `${title} – ${at.name}`,
    current: 'mandates',
    main: html`<nav class="places" aria-label="${t('firm.places')}"><ul>${places
      .filter((place) => may(at, needs[place]))
      .map(
        (place) => html`
<li><a href="${firmPaths[place](firm)}"${place === current && html` aria-current="${page.here === firmPaths[place](firm) ? 'page' : 'true'}"`}>${t(`firm.place.${place}`)}</a></li>`,
      )}</ul></nav>
<p class="about-one"><strong><bdi>${at.name}</bdi></strong> <span>${t(`firm.role.${at.seat.role}`)}</span></p>
${main}`,
  }
}

// --- Words ---------------------------------------------------------------------------------------------------------

/** The last day of what ends, exclusively, at this instant. */
export const lastDay = (until: number, { timeZone }: Drawn, { context }: SpaceVisit) =>
  dayOf(until - 1, timeZone, context)

/** One line for each service: what may be done there. */
export function rightsIn(given: AssignedActions, { serviceName }: Drawn, visit: SpaceVisit): Html {
  const { t, language } = visit.context
  return html`<ul class="plain">${Object.entries(given).map(
    ([service, taken]) =>
      html`<li><strong><bdi>${serviceName(visit, service)}</bdi></strong>${language === 'fr' ? ' : ' : ': '}${actions
        .filter((action) => taken.includes(action))
        .map((action) => t(`acting.action.${action}`))
        .join(t('firm.comma'))}</li>`,
  )}</ul>`
}

/** Up to when, and from which level on. */
export function limitsOf({ until, minimumLevel }: Assignment, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  return html`${until !== undefined && html`<span>${t('firm.until', { day: lastDay(until, pages, visit) })}</span>`}
${minimumLevel && html`<span>${t('firm.level', { level: t(`own.level.${minimumLevel}`) })}</span>`}`
}

export const levelChoices: readonly Level[] = levels
