/** What the pages of the space have in common: their addresses, the way between them, who is signed in and how well. */
import { sessionScript } from '../http/assets.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { DeviceId, PhoneId, SessionId, TripId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import type { SpaceOptions, SpaceVisit } from './visit.ts'

export const spacePaths = {
  home: '/space',
  history: '/space/history',
  /** GET: one line of the history, by its code. */
  line: (reference: string) => `/space/history/${reference}`,
  /** GET: was it you. */
  notMe: (reference: string) => `/space/not-me/${reference}`,
  mandates: '/space/mandates',
  cases: '/space/cases',
  /** GET `line=`: the form, with those lines ticked. POST. */
  report: '/space/cases/report',
  protection: '/space/protection',
  /** GET: what it does. POST: does it. */
  freeze: '/space/protection/freeze',
  trips: '/space/trips',
  /** GET: the form. POST. */
  declareTrip: '/space/trips/new',
  /** GET: the form, for a login that waits in this browser. A sign-in comes back to a path, not to a query. */
  declareTripFrom: (country: string, login: string, verifier: string) =>
    `/space/trips/new/${country}/${login}/${verifier}`,
  /** POST. */
  withdrawTrip: (trip: TripId) => `/space/trips/${trip}/withdraw`,
  messages: '/space/messages',
  alerts: '/space/alerts',
  means: '/means',
  contacts: '/means/contacts',
  phones: '/space/phones',
  /** GET: the form. POST `name`. */
  namePhone: (phone: PhoneId) => `/space/phones/${phone}/name`,
  /** GET: what it means. POST `reason`: ends the pairing. */
  endPhone: (phone: PhoneId) => `/space/phones/${phone}/end`,
  sessions: '/space/sessions',
  /** POST: ends it. */
  endSession: (session: SessionId) => `/space/sessions/${session}/end`,
  /** POST: ends all but this one. */
  endOthers: '/space/sessions/others',
  /** POST: ends this one too. */
  endAll: '/space/sessions/everywhere',
  /** GET: the form. POST `name`. */
  nameDevice: (device: DeviceId) => `/space/devices/${device}/name`,
  /** POST. */
  forgetDevice: (device: DeviceId) => `/space/devices/${device}/forget`,
  data: '/space/data',
  /** GET: one file. */
  export: '/space/data/export',
  /** GET: what it means. */
  erase: '/space/data/erase',
  /** GET: the question. POST `understood`. */
  confirmErasure: '/space/data/erase/confirm',
  help: '/help',
  /** POST: keeps the session, and answers the `seconds` that it has left. */
  stay: '/space/stay',
  /** GET: the page before. POST: ends it. */
  signOut: '/logout',
} as const

/** For whoever cannot sign in. */
export const publicReportPath = '/report'

/** The places of the navigation, in its order. */
export const places = [
  'home',
  'history',
  'protection',
  'mandates',
  'cases',
  'messages',
  'means',
  'sessions',
  'data',
  'help',
] as const
export type PlaceName = (typeof places)[number]

/** The place of an address. */
export const placeAt = (path: string): PlaceName =>
  elsewhere.find(([start]) => path.startsWith(start))?.[1] ??
  places.find((place) => place !== 'home' && path.startsWith(spacePaths[place])) ??
  'home'

/** Addresses that are not below the one of their place. */
const elsewhere: readonly (readonly [string, PlaceName])[] = [
  [spacePaths.alerts, 'messages'],
  [spacePaths.trips, 'protection'],
  [spacePaths.phones, 'means'],
  ['/sign/', 'mandates'],
  ['/firm', 'mandates'],
]

/** A page of the space, without what is around it. */
export interface Framed extends Omit<Page, 'body'> {
  /** Where the navigation says that one is. */
  current: PlaceName
  main: Html
}

export interface FrameOptions extends Pick<SpaceOptions, 'timeZone' | 'partners' | 'sessions' | 'clock'> {
  visit: SpaceVisit
  verifier: string
}

export function framed({ main, current, ...page }: Framed, options: FrameOptions): Page {
  const { visit } = options
  const { t } = visit.context
  return {
    ...page,
    hasForm: true,
    script: [...[page.script ?? []].flat(), sessionScript],
    calls: spacePaths.stay,
    body: html`<nav class="places" aria-label="${t('space.places')}"><ul>${places.map(
      (place) => html`
<li><a href="${spacePaths[place]}"${place === current && danger_raw(` aria-current="${page.here === spacePaths[place] ? 'page' : 'true'}"`)}>${t(`space.place.${place}`)}</a></li>`,
    )}</ul></nav>
${signedIn(options)}
${main}
${ending(options)}`,
  }
}

/** By which account and how strongly, until when, and whether that shows all. */
function signedIn({ visit, sessions, partners, timeZone }: FrameOptions): Html {
  const { t, language } = visit.context
  const { who, access, session } = visit
  const provider = partners.registry().providers.get(who.provider)?.name[language] ?? who.provider
  return html`<p class="signed-in"><span>${t('own.holder.who')} ${visit.name && html`<strong><bdi>${visit.name}</bdi></strong>`}</span>
<span>${t('space.standing', { provider, level: t(`own.level.${who.level}`) })}</span>
<span>${t('space.until', { time: hourOf(sessions.endsAt(session), timeZone, visit.context) })}</span>
<a href="${spacePaths.signOut}">${t('space.leave')}</a></p>
${
  access.sight === 'provider' &&
  html`<p class="warning">${t('space.less', { provider, level: t(`own.level.${access.highest}`) })}
<a href="${visit.strongerPath}">${t('space.stronger')}</a></p>`
}`
}

/** Empty until the session is about to end: what is said then is said to readers of the screen too. */
function ending({ visit, sessions, clock, verifier }: FrameOptions): Html {
  const { t } = visit.context
  const seconds = Math.floor((sessions.endsAt(visit.session) - clock.now()) / second)
  return html`<div class="session-end" data-session-ends="${seconds}">
<p role="alert" data-said data-soon="${t('space.session.soon', { minutes: '{minutes}' })}" data-over="${t('space.session.over')}"></p>
<button type="button" class="button" hidden data-href="${spacePaths.stay}" data-verifier="${verifier}">${t('space.session.stay')}</button></div>`
}

/** What is told to a sign-in that opens nothing: which one does, and that it may stop everything all the same. */
export function weakPage({ context: { t }, strongerPath }: SpaceVisit): Html {
  return html`<h1>${t('space.weak.title')}</h1>
<p class="lead">${t('space.weak.text')}</p>
<p class="buttons"><a class="button" href="${strongerPath}">${t('space.stronger')}</a></p>
<section class="panel" aria-labelledby="stop"><h2 id="stop">${t('space.stop.title')}</h2>
<p>${t('space.stop.text')}</p>
<p class="buttons"><a class="button" href="${spacePaths.freeze}">${t('space.stop')}</a></p></section>`
}

// --- Words ---------------------------------------------------------------------------------------------------------

const formats = new Map<string, Intl.DateTimeFormat>()

function formatted(at: Instant, locale: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale} ${JSON.stringify(options)}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, format)
  return format.format(toDate(at))
}

/** `22 November 2026 at 15:20 CET`: the zone is named, since the reader may be in another one. */
export const exactTime = (at: Instant, timeZone: string, { language }: RequestContext): string =>
  formatted(at, localeOf(language), {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ timeZoneName: 'short', timeZone },
  })

export const dayOf = (at: Instant, timeZone: string, { language }: RequestContext): string =>
  formatted(at, localeOf(language), { dateStyle: 'long', timeZone })

/** `15:20 CET`: of today. */
const hourOf = (at: Instant, timeZone: string, { language }: RequestContext): string =>
  formatted(at, localeOf(language), { hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone })

/** `exactTime` as an element that programs can read. */
export const timeOf = (at: Instant, timeZone: string, context: RequestContext): Html =>
  html`<time datetime="${toDate(at).toISOString()}">${exactTime(at, timeZone, context)}</time>`

const regions = inEachLanguage((language) => new Intl.DisplayNames(localeOf(language), { type: 'region' }))

/** @param code two letters of ISO 3166-1 */
export const countryName = (code: string, { language }: RequestContext): string => regions[language].of(code) ?? code

/** The hidden field by which a form is known to be ours. */
export const hiddenField = (verifier: string): Html => html`<input type="hidden" name="verifier" value="${verifier}">`
