/**
 * Declared trips (R082): what somebody says before they leave, or from where they are, so that services that ask for more
 * abroad open there. The verbs and what may be declared are those of `sessions/trips.ts`; declaring takes the strongest
 * sign-in that the person has, withdrawing takes nothing away: any that sees all may do it, fresh or not.
 */
import { isId, type TripId } from '../kernel/ids.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import { mostCountries } from '../policy/trips.ts'
import { isCountry } from '../sessions/trips.ts'
import { spacePaths } from './frame.ts'
import { type DoneWithTrips, declarePage, doneWithTrips, type TypedTrip, tripsPage } from './trips-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export function mountTrips(pages: SpacePages): void {
  const { get, post, show, guardChange, trips, seenIn, clock } = pages
  const listPath = spacePaths.trips

  const done = ({ reply }: SpaceVisit, what: DoneWithTrips, back?: string) =>
    reply.redirect(`${listPath}?${new URLSearchParams({ done: what, ...(back ? { back } : {}) })}`, 303)

  get(listPath, async (visit) => {
    const said = pages.outcomeIn(visit, doneWithTrips)
    const back = backIn(visit.request.query)
    const all = await trips.of(visit.who.person)
    const view = { trips: all, ...(said ? { done: said } : {}), ...(back ? { back } : {}) }
    return show(visit, tripsPage(view, pages, visit))
  })

  const declaring = guardChange(async (visit) => {
    const { country, login, verifier } = visit.request.params as { country?: string; login?: string; verifier?: string }
    const typed = Object.keys(visit.typed).length > 0 ? typedIn(visit.typed) : nothingTyped(country)
    const back = backIn(login && verifier ? { back: `/login/${login}/again?v=${verifier}` } : visit.typed)
    return form(visit, { typed, ...(back ? { back } : {}) })
  })
  get(spacePaths.declareTrip, declaring)
  get(spacePaths.declareTripFrom(':country', ':login', ':verifier'), declaring)

  post(
    spacePaths.declareTrip,
    guardChange(async (visit) => {
      const { person } = visit.who
      const typed = typedIn(visit.body)
      const back = backIn(visit.body)
      const { from, until } = typed
      const countries = typed.countries.filter((code) => code !== '')
      const outcome = await trips.declare({
        ...{ person, actor: { kind: 'person', id: person }, countries, from, until },
        level: visit.session.level,
        provider: visit.who.provider,
        seenIn: seenIn(visit.context.address),
      })
      if (outcome.kind === 'declared') {
        return done(visit, outcome.effectiveAt > clock.now() ? 'declared_later' : 'declared', back)
      }
      if (outcome.kind === 'again') return done(visit, 'again', back)
      const wrong = outcome.kind === 'invalid' ? { problems: outcome.problems } : { tooWeak: true as const }
      return form(visit, { typed, ...wrong, ...(back ? { back } : {}) })
    }),
  )

  function form(visit: SpaceVisit, view: Omit<Parameters<typeof declarePage>[0], 'now' | 'seenIn'>) {
    const where = seenIn(visit.context.address)
    return show(visit, declarePage({ ...view, now: clock.now(), seenIn: where }, pages, visit))
  }

  const withdrawPath = spacePaths.withdrawTrip(':trip' as TripId)
  get(withdrawPath, async ({ reply }) => reply.redirect(listPath, 303))
  post(withdrawPath, async (visit) => {
    const { person } = visit.who
    const { trip } = visit.request.params as { trip?: unknown }
    if (visit.access.sight !== 'whole') return pages.notFound(visit)
    const isDone = isId('trip', trip) && (await trips.withdraw({ person, trip, actor: { kind: 'person', id: person } }))
    return done(visit, isDone ? 'withdrawn' : 'over')
  })
}

function typedIn(body: Body): TypedTrip {
  const countries = Array.from({ length: mostCountries }, (_, index) => textIn(body, `country-${index}`))
  return { countries, from: textIn(body, 'from'), until: textIn(body, 'until') }
}

function nothingTyped(country: unknown): TypedTrip {
  const first = typeof country === 'string' && isCountry(country) ? country : ''
  return { countries: [first], from: '', until: '' }
}

/** To the login that somebody came from; it is bound to its browser, and any other address is none. */
function backIn(given: unknown): string | undefined {
  const { back } = (given ?? {}) as { back?: unknown }
  return typeof back === 'string' && back.length < 500 && /^\/login\/[\w-]+\/again\?v=[\w.-]+$/.test(back)
    ? back
    : undefined
}
