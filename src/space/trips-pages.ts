/** Declared trips, drawn. */
import { type Html, html } from '../http/html.ts'
import { atLeast } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { SeenIn } from '../policy/geography.ts'
import { daysOnEarth, furthestAhead, longestTrip, mostCountries, mostTrips, type TripProblem } from '../policy/trips.ts'
import { countryCodes, type TripView } from '../sessions/trips.ts'
import { countryName, dayOf, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const doneWithTrips = ['declared', 'declared_later', 'again', 'withdrawn', 'over'] as const
export type DoneWithTrips = (typeof doneWithTrips)[number]

export interface TripsView {
  trips: readonly TripView[]
  done?: DoneWithTrips
  /** Of the login that waits for it. */
  back?: string
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'timeZone'>

const isOpen = ({ state }: TripView) => state !== 'over' && state !== 'withdrawn'

export function tripsPage({ trips, done, back }: TripsView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const open = trips.filter(isOpen)
  const past = trips.filter((one) => !isOpen(one))
  // Where somebody is away is for their strongest sign-in.
  const isWhole = visit.access.sight === 'whole'
  return {
    title: t('trips.title'),
    current: 'protection',
    here: spacePaths.trips,
    main: html`<h1>${t('trips.title')}</h1>
<p class="lead">${t('trips.lead')}</p>
${done && html`<p class="required" role="status">${t(`trips.done.${done}`)}</p>`}
${back && html`<p class="buttons"><a class="button" href="${back}">${t('trips.back')}</a></p>`}
<section class="panel" aria-labelledby="open"><h2 id="open">${t('trips.open')}</h2>
${
  !isWhole
    ? html`<p>${t('trips.fewer', { count: open.length })} <a href="${visit.strongerPath}">${t('space.stronger')}</a></p>`
    : open.length === 0
      ? html`<p>${t('trips.none')}</p>`
      : html`<ul class="rows">${open.map(
          (trip) => html`<li>${one(trip, pages, visit)}
<form method="post" action="${spacePaths.withdrawTrip(trip.trip)}">${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="link">${t('trips.withdraw')}<span class="unseen"> – ${countriesOf(trip, visit)}</span></button></p></form></li>`,
        )}</ul>`
}
${
  open.length < mostTrips
    ? html`<p class="buttons"><a class="button" href="${spacePaths.declareTrip}">${t('trips.declare')}</a></p>`
    : html`<p>${t('trips.full', { count: mostTrips })}</p>`
}
<p><small>${t('trips.told')}</small></p></section>
${
  isWhole &&
  past.length > 0 &&
  html`<section class="panel" aria-labelledby="past"><h2 id="past">${t('trips.past')}</h2>
<p>${t('trips.past.kept')}</p>
<ul class="rows">${past.map((trip) => html`<li>${one(trip, pages, visit)}</li>`)}</ul></section>`
}`,
  }
}

const countriesOf = ({ countries }: Pick<TripView, 'countries'>, { context }: SpaceVisit) =>
  countries.map((code) => countryName(code, context)).join(', ')

function one(trip: TripView, { timeZone }: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { state, effectiveAt, declaredAt, withdrawnAt, from, until } = trip
  return html`<h3><bdi>${countriesOf(trip, visit)}</bdi> <span class="mark-state${state === 'current' && ' good'}">${t(`trips.state.${state}`)}</span></h3>
<p class="about-one"><span>${t('trips.days', { from: calendarDay(from, visit), until: calendarDay(until, visit) })}</span>
<span>${t('trips.declared_at', { date: dayOf(declaredAt, timeZone, context) })}</span>
${withdrawnAt !== undefined && html`<span>${t('trips.withdrawn_at', { date: dayOf(withdrawnAt, timeZone, context) })}</span>`}</p>
${state === 'waiting' && html`<p>${t('trips.waiting')} <strong>${timeOf(effectiveAt, timeZone, context)}</strong></p>`}`
}

/** A day of the calendar is the same everywhere. */
const calendarDay = (text: string, { context }: SpaceVisit) => dayOf(Date.parse(`${text}T12:00:00Z`), 'UTC', context)

export interface TypedTrip {
  countries: readonly string[]
  from: string
  until: string
}

export interface DeclareView {
  typed: TypedTrip
  problems?: readonly TripProblem[]
  /** From where they are this sign-in is not enough. */
  tooWeak?: true
  now: Instant
  seenIn: SeenIn
  back?: string
}

export function declarePage(view: DeclareView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t, language } = visit.context
  const { typed, problems = [], tooWeak, now, seenIn, back } = view
  const isWeak = !atLeast(visit.session.level, 'eidas2')
  const { earliest, latest } = daysOnEarth(now)
  const latestEnd = toDate(now + (furthestAhead + longestTrip) * day)
    .toISOString()
    .slice(0, 10)
  const here = countryCodes.includes(seenIn) ? countryName(seenIn, visit.context) : t('trips.unknown')
  const wrongOf = (which: readonly TripProblem[]) => problems.filter((problem) => which.includes(problem))
  const choices = [...countryCodes]
    .map((code) => ({ code, name: countryName(code, visit.context) }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
  const date = (name: 'from' | 'until', which: readonly TripProblem[]) => {
    const wrong = wrongOf(which)
    return html`<p class="ask"><label for="${name}">${t(`trips.${name}`)}</label>
<input type="date" id="${name}" name="${name}" value="${typed[name]}" min="${earliest}" max="${latestEnd}" required placeholder="${latest}" dir="ltr"${described(name, wrong)}>
${wrongs(name, wrong, visit)}</p>
`
  }
  const ofCountries = wrongOf(['countries_missing', 'countries_many', 'country_unknown'])
  return {
    title: t('trips.declare.title'),
    current: 'protection',
    here: spacePaths.declareTrip,
    status: problems.length > 0 ? 400 : tooWeak ? 403 : 200,
    main: html`<h1>${t('trips.declare.title')}</h1>
<p class="lead">${t('trips.declare.lead')}</p>
${
  tooWeak &&
  html`<div class="notice" role="alert"><h2>${t('trips.weak.title')}</h2><p>${t('trips.weak.text', { country: here })}</p>
<p>${t('trips.weak.ways')} <a href="${spacePaths.means}">${t('trips.weak.means')}</a></p></div>`
}
${!tooWeak && isWeak && html`<p class="warning">${t('trips.weak.before')}</p>`}
${wrongOf(['too_many_lately']).length > 0 && html`<p class="notice" role="alert">${t('trips.problem.too_many_lately')}</p>`}
${wrongOf(['too_many_trips']).length > 0 && html`<p class="notice" role="alert">${t('trips.full', { count: mostTrips })}</p>`}
<form method="post" action="${spacePaths.declareTrip}" class="panel">${hiddenField(pages.verifierOf(visit))}
${back && html`<input type="hidden" name="back" value="${back}">`}
<fieldset class="picks" id="countries"${described('countries', ofCountries)}><legend>${t('trips.countries')}</legend>
${wrongs('countries', ofCountries, visit)}
${Array.from(
  { length: mostCountries },
  (
    _,
    index,
  ) => html`<p class="ask"><label for="country-${index}">${t(index === 0 ? 'trips.country' : 'trips.country.more')}</label>
<select id="country-${index}" name="country-${index}"${index === 0 && html` required`}><option value="">${t('trips.country.none')}</option>${choices.map(
    ({ code, name }) =>
      html`<option value="${code}"${typed.countries[index] === code && html` selected`}>${name}</option>`,
  )}</select></p>
`,
)}</fieldset>
${date('from', ['day_unreadable', 'too_far_ahead'])}
${date('until', ['until_before_from', 'over_already', 'too_long'])}
<p class="buttons"><button class="button">${t('trips.declare.go')}</button>
<a href="${spacePaths.trips}">${t('trips.declare.no')}</a></p></form>
<p>${t('trips.declare.told')}</p>`,
  }
}

const described = (name: string, wrong: readonly TripProblem[]) =>
  wrong.length > 0 && html` aria-invalid="true" aria-describedby="${name}-wrong"`

const wrongs = (name: string, wrong: readonly TripProblem[], { context: { t } }: SpaceVisit) =>
  wrong.length > 0 &&
  html`<span class="wrong" id="${name}-wrong" role="alert">${wrong.map((problem) => t(`trips.problem.${problem}`, { days: longestTrip })).join(' ')}</span>`
