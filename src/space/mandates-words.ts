/** What pages about mandates have in common: their addresses, who is on which side, where a mandate stands, what it allows. */
import type { Organisation } from '../directory/organisations.ts'
import { type Html, html } from '../http/html.ts'
import type { Instant } from '../kernel/clock.ts'
import type { MandateId, OrganisationId, ServiceId } from '../kernel/ids.ts'
import type { MandataryName, MandateView, NamedMandate, UseView } from '../mandates/mandates.ts'
import { type MandateState, type Right, type Side, sides } from '../policy/mandate.ts'
import { countryName, dayOf, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** Files of uses. */
export const usesFormats = ['csv', 'json'] as const
export type UsesFormat = (typeof usesFormats)[number]

const at = (mandate: MandateId, page: string) => `${spacePaths.mandates}/${mandate}/${page}`
const of = (organisation: OrganisationId) => `${spacePaths.mandates}/organisations/${organisation}`

export const mandatePaths = {
  home: spacePaths.mandates,
  /** GET: what one holds in person. */
  held: `${spacePaths.mandates}/held`,
  /** GET: what a represented organisation gave. */
  of,
  usesOf: (organisation: OrganisationId) => `${of(organisation)}/uses`,
  usesFileOf: (organisation: OrganisationId, format: UsesFormat) => `${of(organisation)}/uses.${format}`,
  /** GET: the form. POST. */
  give: (organisation: OrganisationId) => `${of(organisation)}/new`,
  propose: `${spacePaths.mandates}/propose`,
  /** GET: what it is for. POST: a new one. */
  code: `${spacePaths.mandates}/code`,
  one: (mandate: MandateId) => `${spacePaths.mandates}/${mandate}`,
  /** GET: the form. POST. */
  amend: (mandate: MandateId) => at(mandate, 'amend'),
  renew: (mandate: MandateId) => at(mandate, 'renew'),
  delegate: (mandate: MandateId) => at(mandate, 'delegate'),
  /** GET: the text as it will be signed. POST: leads to the signature. */
  text: (mandate: MandateId) => at(mandate, 'text'),
  uses: (mandate: MandateId) => at(mandate, 'uses'),
  usesFile: (mandate: MandateId, format: UsesFormat) => at(mandate, `uses.${format}`),
  /** GET: to be printed. */
  evidence: (mandate: MandateId) => at(mandate, 'evidence'),
  /** GET: the archive. */
  archive: (mandate: MandateId) => at(mandate, 'archive'),
  /** GET: what it does. POST: does it. */
  step: (mandate: MandateId, step: AskedStep) => at(mandate, step),
  firm: '/firm',
  help: '/mandates',
} as const

/** Steps that a page asks about first. */
export const askedSteps = ['withdraw', 'refuse', 'suspend', 'resume', 'revoke', 'renounce'] as const
export type AskedStep = (typeof askedSteps)[number]

export type Drawn = Pick<SpacePages, 'verifierOf' | 'timeZone' | 'serviceName' | 'clock'>

// --- Who -----------------------------------------------------------------------------------------------------------

export function organisationName(organisation: Organisation | undefined, { context: { t } }: SpaceVisit): Html {
  return html`<bdi>${organisation?.name ?? t('mandates.organisation_gone')}</bdi>`
}

export function mandataryName(one: MandataryName, visit: SpaceVisit): Html {
  if (one.kind === 'organisation') return organisationName(one.organisation, visit)
  return html`<bdi>${one.name ?? visit.context.t('mandates.person_gone')}</bdi>`
}

/** `Atlas Conseil → Cabinet Untel`, where there is no page. */
export function partiesText({ principal, mandatary }: NamedMandate, { context: { t } }: SpaceVisit): string {
  const nameOf = (organisation: Organisation | undefined) => organisation?.name ?? t('mandates.organisation_gone')
  const holder =
    mandatary.kind === 'organisation' ? nameOf(mandatary.organisation) : (mandatary.name ?? t('mandates.person_gone'))
  return `${nameOf(principal)} → ${holder}`
}

/** `ICE 001561191000066 · CNSS 1234567`: numbers keep their direction. */
export function numbersOf({ identifiers }: Organisation): Html {
  return html`${Object.entries(identifiers).map(
    ([scheme, number], index) => html`${index > 0 && ' · '}<bdi dir="ltr">${scheme.toUpperCase()} ${number}</bdi>`,
  )}`
}

// --- Where it stands -----------------------------------------------------------------------------------------------

/** `not_begun` and `over`: by its dates, whether or not a job has passed. */
export type Standing = MandateState | 'not_begun' | 'over'

export function standingOf({ state, from, until }: MandateView, now: Instant): Standing {
  if (state === 'ended' || state === 'draft' || state === 'proposed') return state
  if (now >= until) return 'over'
  return state === 'active' && now < from ? 'not_begun' : state
}

const isGood = (standing: Standing) => standing === 'active'
const isBad = (standing: Standing) => standing === 'suspended'

export function stateMark(view: MandateView, { clock }: Drawn, { context: { t } }: SpaceVisit): Html {
  const standing = standingOf(view, clock.now())
  const look = isGood(standing) ? ' good' : isBad(standing) ? ' bad' : ''
  return html`<span class="mark-state${look}">${t(`mandates.standing.${standing}`)}</span>`
}

export const signedSides = ({ signatures }: MandateView): Side[] =>
  sides.filter((side) => signatures.some((one) => one.side === side))

/** Whose signature a proposal waits for. */
export const missingSides = (view: MandateView): Side[] => sides.filter((side) => !signedSides(view).includes(side))

/** Where a mandate stands, and what comes next, in sentences. */
export function stateSentences(
  { view, principal, mandatary }: NamedMandate,
  { timeZone, clock }: Drawn,
  visit: SpaceVisit,
): Html[] {
  const { context } = visit
  const { t } = context
  const day = (instant: Instant) => dayOf(instant, timeZone, context)
  const standing = standingOf(view, clock.now())
  const said = () => html`${t(`mandates.state.${standing}`, { from: day(view.from), until: day(view.until - 1) })}`
  switch (standing) {
    case 'proposed':
      return [
        said(),
        ...missingSides(view).map(
          (side) =>
            html`${t('mandates.state.waits_for')} <strong>${
              side === 'mandatary' ? mandataryName(mandatary, visit) : organisationName(principal, visit)
            }</strong>`,
        ),
        ...(view.answerBy === undefined
          ? []
          : [html`${t('mandates.state.answer_by')} <strong>${timeOf(view.answerBy, timeZone, context)}</strong>`]),
      ]
    case 'suspended':
      return [
        said(),
        ...view.suspensions.map(
          ({ reason, since }) => html`${t(`mandates.suspended.${reason}`)} ${timeOf(since, timeZone, context)}`,
        ),
      ]
    case 'ended':
      return view.ended
        ? [
            html`${t(`mandates.ended.${view.ended.reason}`)} ${timeOf(view.ended.at, timeZone, context)}`,
            ...(view.ended.because
              ? [html`${t('mandates.because')} ${t(`mandates.because.${view.ended.because}`)}`]
              : []),
          ]
        : []
    default:
      return [said()]
  }
}

// --- What it allows ------------------------------------------------------------------------------------------------

interface RightsLine {
  service: ServiceId
  actions: string[]
  level: Right['minimumLevel']
  until?: Instant
}

/** Rights of one service with one end and one level stand in one line. */
function linesOf(rights: readonly Right[], { context: { t } }: SpaceVisit): RightsLine[] {
  const lines: RightsLine[] = []
  for (const { service, action, minimumLevel: level, until } of rights) {
    const known = lines.find((one) => one.service === service && one.level === level && one.until === until)
    const said = t(`acting.action.${action}`)
    if (known) known.actions.push(said)
    else lines.push({ service, actions: [said], level, ...(until === undefined ? {} : { until }) })
  }
  return lines
}

export function rightsList(view: Pick<MandateView, 'rights' | 'until'>, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  return html`<h3>${t('mandates.rights')}</h3>
<ul class="rows">${linesOf(view.rights, visit).map(
    ({
      service,
      actions,
      level,
      until,
    }) => html`<li><p><strong><bdi>${pages.serviceName(visit, service)}</bdi></strong>${context.language === 'fr' ? ' : ' : ': '}${listOf(actions, visit)}</p>
<p class="about-one"><span>${t('mandates.rights.level', { level: t(`own.level.${level}`) })}</span>
<span>${t('mandates.rights.until', { day: dayOf((until ?? view.until) - 1, pages.timeZone, context) })}</span></p></li>`,
  )}</ul>`
}

export const listOf = (words: readonly string[], { context: { language } }: SpaceVisit): string =>
  new Intl.ListFormat(language, { type: 'conjunction' }).format(words)

/** `Declarations, Refunds`: in a list of mandates. */
export function servicesOf({ rights }: MandateView, pages: Drawn, visit: SpaceVisit): string {
  const services = [...new Set(rights.map(({ service }) => service))]
  return listOf(
    services.map((service) => pages.serviceName(visit, service)),
    visit,
  )
}

// --- Who used it ---------------------------------------------------------------------------------------------------

/** What was done, by whom, as what, from where; and why one should look twice. */
export function useLine(use: UseView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const actions = listOf(
    use.actions.map((action) => t(`acting.action.${action}`)),
    visit,
  )
  return html`<h3><bdi>${use.name ?? t('mandates.person_gone')}</bdi>
${use.refused && html`<span class="mark-state">${t('mandates.use.refused')}</span>`}
${use.unusual.length > 0 && html`<span class="mark-state bad">${t('mandates.use.unusual')}</span>`}</h3>
<p class="about-one"><span>${timeOf(use.at, pages.timeZone, context)}</span>
<span>${t(`mandates.use.${use.kind}`)} <bdi>${pages.serviceName(visit, use.service)}</bdi></span>
${actions && html`<span>${actions}</span>`}
<span>${t(`mandates.use.as.${use.as}`)}</span>
${use.country && html`<span>${countryName(use.country, context)}</span>`}</p>
${use.refused && html`<p>${t(`mandates.use_refused.${use.refused}`)}</p>`}
${
  use.unusual.length > 0 &&
  html`<ul class="reasons">${use.unusual.map((reason) => html`<li>${t(`mandate_use.${reason}`)}</li>`)}</ul>`
}`
}
