/** What the pages of the desk have in common: their addresses, the way between them, fields, dates, lists in pages. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import type { ApiClientId, PartyId, ProviderId, ServiceId, StaffId, SuspensionId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { Said } from '../partners/problems.ts'
import { staffPaths } from '../staff/pages.ts'
import type { StaffStanding } from '../staff/partner-staff.ts'

/** Whoever reads and answers what is asked about stolen identities. */
export const caseRoles = ['administrator', 'security_contact'] as const satisfies readonly StaffRole[]

/** What has a page, a draft and versions here. The partner itself has one of each. */
export interface Own {
  kind: 'service' | 'provider' | 'partner'
  id: string
}

const page = ({ kind, id }: Own) => (kind === 'partner' ? '/desk/partner' : `/desk/${kind}s/${id}`)

export const deskPaths = {
  home: '/desk',
  /** GET `?q=`, `page=`. */
  services: '/desk/services',
  /** GET `?q=`, `page=`. */
  providers: '/desk/providers',
  /** GET: the form. POST `id`. */
  newService: '/desk/new-service',
  /** GET: the form. POST `id`, `connector`. */
  newProvider: '/desk/new-provider',
  partner: '/desk/partner',
  /** GET: who works for the partner. POST `name`, `mail`, `role`, `language`: an invitation, with the link in its answer. */
  colleagues: '/desk/colleagues',
  /** POST. */
  colleagueLink: (staff: StaffId) => `/desk/colleagues/${staff}/link`,
  /** GET `?change=`: what it would do. POST `change`. */
  colleague: (staff: StaffId) => `/desk/colleagues/${staff}`,
  /** POST `role`, several. */
  colleagueRoles: (staff: StaffId) => `/desk/colleagues/${staff}/roles`,
  /** GET `?of=service/ID|provider/ID`, `by=`, `month=`. */
  figures: '/desk/figures',
  /** GET: the same, as a file. */
  figuresCsv: '/desk/figures.csv',
  /** POST. */
  confirmContact: '/desk/contact',
  /** GET. POST `id`, `name`, `party`, `scopes`, `jwks`: registers one. */
  programs: '/desk/programs',
  program: (client: ApiClientId) => `/desk/programs/${client}`,
  /** POST `seen`, `jwks`. */
  programKeys: (client: ApiClientId) => `/desk/programs/${client}/keys`,
  /** POST `sure`. */
  removeProgram: (client: ApiClientId) => `/desk/programs/${client}/remove`,
  /** GET `?state=waiting|answered|all`, `after=`. */
  cases: '/desk/cases',
  /** GET. POST: the answer, `seen`, `key`. */
  case: (party: PartyId) => `/desk/cases/${party}`,
  /** GET. */
  signals: '/desk/signals',
  /** POST: sends again what was given up. */
  reviveSignal: (stream: string, set: string) => `/desk/signals/${stream}/${set}`,
  /** GET: the form, and what was reported. POST: its fields. */
  report: '/desk/report',

  page,
  service: (id: ServiceId) => page({ kind: 'service', id }),
  provider: (id: ProviderId) => page({ kind: 'provider', id }),
  integration: (id: ServiceId) => `${page({ kind: 'service', id })}/integration`,
  /** GET: the form. POST: its fields, `edit`. */
  draft: (own: Own) => `${page(own)}/draft`,
  /** POST `from`: of an older version, or of what is published. */
  open: (own: Own) => `${page(own)}/draft/open`,
  /** GET: what it would change. POST `edit`, `over`: publishes it. */
  review: (own: Own) => `${page(own)}/draft/review`,
  /** POST `edit`. */
  discard: (own: Own) => `${page(own)}/draft/discard`,
  /** GET `?before=`. */
  versions: (own: Own) => `${page(own)}/versions`,
  /** GET: what it was, and what coming back to it would change. POST `over`: comes back to it. */
  version: (own: Own, number: number) => `${page(own)}/versions/${number}`,
  /** POST `seen`, `overlap`: the answer holds the secret. */
  secret: (id: ServiceId) => `${page({ kind: 'service', id })}/secret`,
  /** GET: what it would do. POST `over`. */
  withdraw: (id: ServiceId) => `${page({ kind: 'service', id })}/withdraw`,
  /** POST `seen`. */
  endSecret: (id: ServiceId) => `${page({ kind: 'service', id })}/secret/end`,

  /** GET: the form. POST: its fields, `expected`. */
  suspend: (id: ProviderId) => `/desk/providers/${id}/suspend`,
  /** GET: the form. POST: its fields, `expected`. */
  suspension: (id: ProviderId, suspension: SuspensionId) => `/desk/providers/${id}/suspensions/${suspension}`,
  /** POST `expected`. */
  lift: (id: ProviderId, suspension: SuspensionId) => `/desk/providers/${id}/suspensions/${suspension}/lift`,
} as const

export interface DeskFrame {
  standing: StaffStanding
  /** Names of those who work for the same partner. */
  colleagues: ReadonlyMap<StaffId, string>
  /** Name of the partner. */
  partner: string
  /** Name of the hub. */
  hub: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  now: Instant
  /** A warning with names in place of ids. */
  named<S extends Said>(said: S): S
  /** For a form to this address. */
  verifier(path: string): string
}

const places = ['home', 'cases', 'services', 'providers', 'programs', 'figures', 'colleagues', 'partner'] as const

/** Cases are shown to those who may open them. */
const placesFor = (frame: DeskFrame) => places.filter((place) => place !== 'cases' || has(frame, caseRoles))

export function framed(frame: DeskFrame, { t }: RequestContext, page: Page & { here: string }): Page {
  return {
    ...page,
    hasForm: true,
    body: html`<nav class="places" aria-label="${t('desk.places')}"><ul>${placesFor(frame).map(
      (place) => html`
<li><a href="${deskPaths[place]}"${page.here === deskPaths[place] && html` aria-current="page"`}>${t(`desk.place.${place}`)}</a></li>`,
    )}</ul>
<form method="post" action="${staffPaths.signOut}">
${hiddenField(frame, staffPaths.signOut)}
<button class="link">${t('desk.leave')}</button>
</form></nav>
${page.body}`,
  }
}

/** The hidden field by which a form to this address is known to be ours. */
export function hiddenField(frame: DeskFrame, path: string): Html {
  return html`<input type="hidden" name="verifier" value="${frame.verifier(path)}">`
}

export const has = ({ standing }: DeskFrame, roles: readonly StaffRole[]) =>
  standing.roles.some((role) => roles.includes(role))

// --- Words ---------------------------------------------------------------------------------------------------------

/** A colleague by name; operators are one. */
export function byWords(
  author: { kind: string; id?: string },
  { standing, colleagues, hub }: DeskFrame,
  { t }: RequestContext,
): string {
  if (author.kind !== 'staff') return t('desk.by', { author: t('desk.author.operators', { hub }) })
  if (author.id === standing.staff) return t('desk.by.you')
  return t('desk.by', { author: colleagues.get(author.id as StaffId) || t('desk.author.colleague') })
}

/** To the second and with its zone: to be found in a log. */
export const precise = (at: Instant, { timeZone }: DeskFrame, { language }: RequestContext): string =>
  formatted(at, localeOf(language), timeZone, 'full')

/** How far away it is, in the largest unit that says it well: `in 3 days`, `5 hours ago`, `now`. */
export function distance(at: Instant, { now }: DeskFrame, { language }: RequestContext): string {
  const away = at - now
  const [unit, length] = distances.find(([, , least]) => Math.abs(away) >= least) ?? (['second', day] as const)
  return distanceFormats[language].format(Math.trunc(away / length), unit)
}

/** Each unit with its length, and from which distance on it is said. */
const distances = [
  ['day', day, 2 * day],
  ['hour', hour, 2 * hour],
  ['minute', minute, minute],
] as const
const distanceFormats = inEachLanguage(
  (language) => new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' }),
)

export const exact = (at: Instant, { timeZone }: DeskFrame, { language }: RequestContext): string =>
  formatted(at, localeOf(language), timeZone, 'short')

export const dayOf = (at: Instant, { timeZone }: DeskFrame, { language }: RequestContext): string =>
  formatted(at, localeOf(language), timeZone)

function formatted(at: Instant, locale: string, timeZone: string, timeStyle?: 'short' | 'full'): string {
  const key = `${locale} ${timeZone} ${timeStyle}`
  const known = formats.get(key)
  const format =
    known ?? new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...(timeStyle ? { timeStyle } : {}), timeZone })
  if (!known) formats.set(key, format)
  return format.format(at)
}

const formats = new Map<string, Intl.DateTimeFormat>()

// --- Long lists ----------------------------------------------------------------------------------------------------

/** Rows of one page of a list. */
export const pageLength = 50

/** From here on a list can be searched. */
export const longList = 10

export interface Search {
  filter: string
  /** From 1. */
  page: number
}

export function searchIn(query: unknown): Search {
  const { q, page } = (query ?? {}) as { q?: unknown; page?: unknown }
  const number = typeof page === 'string' && /^\d{1,4}$/.test(page) ? Number(page) : 1
  return { filter: typeof q === 'string' ? q.trim().slice(0, 60) : '', page: Math.max(1, number) }
}

/** Without accents or capitals. */
const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Of all, those that hold every word of the filter; of these, one page. */
export function pageOf<T>(all: readonly T[], wordsOf: (one: T) => readonly string[], { filter, page }: Search) {
  const words = folded(filter).split(/\s+/)
  const found =
    filter === ''
      ? all
      : all.filter((one) => {
          const text = folded(wordsOf(one).join(' '))
          return words.every((word) => text.includes(word))
        })
  const pages = Math.max(1, Math.ceil(found.length / pageLength))
  const shown = Math.min(page, pages)
  return {
    rows: found.slice((shown - 1) * pageLength, shown * pageLength),
    found: found.length,
    all: all.length,
    page: shown,
    pages,
  }
}

export type PageOf<T> = Omit<ReturnType<typeof pageOf>, 'rows'> & { rows: readonly T[] }

export const searchAddress = (path: string, { filter, page }: Search) => {
  const query = new URLSearchParams({ ...(filter ? { q: filter } : {}), ...(page > 1 ? { page: String(page) } : {}) })
  return query.size === 0 ? path : `${path}?${query}`
}

/** The field to search by, where the list is long; how many there are. */
export function searchForm(
  path: string,
  { filter }: Search,
  { found, all }: { found: number; all: number },
  { t }: RequestContext,
): Html {
  return html`${
    (all > longList || filter !== '') &&
    html`<form class="filter" method="get" action="${path}" role="search">
<p class="ask"><label for="q">${t('desk.search')}</label>
<input id="q" name="q" type="search" value="${filter}" maxlength="60" autocomplete="off" spellcheck="false"></p>
<p class="actions"><button class="button button-quiet">${t('desk.search.go')}</button>
${filter !== '' && html`<a href="${path}">${t('desk.search.all')}</a>`}</p>
</form>`
  }
<p role="status">${filter === '' ? t('desk.search.count', { count: all }) : t('desk.search.found', { count: found, all })}</p>`
}

/** The way to the pages beside this one; nothing where there is only one. */
export function pager(
  path: string,
  search: Search,
  { page, pages }: { page: number; pages: number },
  context: RequestContext,
) {
  const { t } = context
  if (pages === 1) return undefined
  const at = (number: number) => searchAddress(path, { ...search, page: number })
  return html`<nav class="actions" aria-label="${t('desk.pager')}">
${page > 1 && html`<a rel="prev" href="${at(page - 1)}">${t('desk.pager.before')}</a>`}
<span>${t('desk.pager.page', { page, pages })}</span>
${page < pages && html`<a rel="next" href="${at(page + 1)}">${t('desk.pager.after')}</a>`}
</nav>`
}
