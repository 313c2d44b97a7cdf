/**
 * Banners: what the hub says above its pages, from an instant until another. This file decides what one must be like,
 * and which of them a page shows. Pure; writing them down is `notices.ts`.
 *
 * A banner is plain text in every language, and never an address: a warning that people learn to click on is what a
 * phisher would copy. Where to go is said in words, and after a warning the hub adds its own advice.
 */
import type { Actor } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { BannerId, ServiceId } from '../kernel/ids.ts'
import { languages, type Translated } from '../kernel/languages.ts'

/** In the order in which a page shows them. */
export const bannerKinds = ['phishing', 'maintenance', 'information'] as const
export type BannerKind = (typeof bannerKinds)[number]

export interface Banner {
  id: BannerId
  /** Grows by one with each change: who changes something says which one they saw. */
  number: number
  kind: BannerKind
  text: Translated
  /** `all`: every page of the hub. Otherwise the pages of a login at one of these. */
  services: 'all' | readonly ServiceId[]
  /** May lie ahead. */
  since: Instant
  /** Off the pages from this instant on, by itself. */
  until: Instant
  author: Actor
  publishedAt: Instant
  changedBy: Actor
  changedAt: Instant
  withdrawnAt?: Instant
}

export type BannerContent = Pick<Banner, 'kind' | 'text' | 'services' | 'since' | 'until'>

export interface NewBanner extends Omit<BannerContent, 'since'> {
  /** Now when absent. */
  since?: Instant
  /** Drawn with the form (`newId('banner')`), so that a form that is sent twice publishes once. */
  id?: BannerId
}

/** What is absent stays. */
export interface BannerChanges extends Partial<Omit<BannerContent, 'text'>> {
  text?: Partial<Translated>
}

/** A field that is refused, `text.fr`, `until`; and why, a closed word that pages say in the reader's language. */
export interface BannerFault {
  field: string
  problem: BannerProblem
}

export const bannerTextLimit = 300
/** A warning that is always there is read by nobody. */
export const longestBanner = 92 * day
/** On one page: what comes after is on the status page. */
export const mostOnPage = 3
/** In force or planned. */
export const mostBanners = 20

/** Each as the end of a sentence that begins with the field. */
export const bannerProblems = {
  missing: 'is missing',
  not_known: 'is not one of those that there are',
  too_long: `must have at most ${bannerTextLimit} characters`,
  not_one_line: 'must be a text of one line, without spaces around it',
  holds_markup: 'must be plain text, without < or > and without marks that turn the direction of writing',
  holds_address: 'must hold no address of a site or a mailbox: say in words where to go',
  no_service: 'must be all, or at least one service',
  service_unknown: 'names a service that does not exist',
  service_twice: 'names a service twice',
  not_an_instant: 'must be a date and time',
  too_far_past: 'must not be more than a day ago',
  too_far_ahead: 'must not be more than a year ahead',
  already_begun: 'cannot be moved: the banner is on the pages',
  before_start: 'must be later than the start',
  already_over: 'must not be in the past',
  too_late: `must be at most ${longestBanner / day} days after the start`,
  too_many: `would be one of more than ${mostBanners} in force or planned: withdraw one first`,
} as const
export type BannerProblem = keyof typeof bannerProblems

/** How far back one may be dated that is written down late, and how far ahead one may be planned. */
const latestEntry = day
const earliestPlan = 366 * day

// --- Which of them are shown ---------------------------------------------------------------------------------------

export type BannerState = 'planned' | 'shown' | 'over' | 'withdrawn'

export function bannerState({ since, until, withdrawnAt }: Banner, now: Instant): BannerState {
  if (withdrawnAt !== undefined) return 'withdrawn'
  if (until <= now) return 'over'
  return since <= now ? 'shown' : 'planned'
}

/** In force or planned. */
export function isStanding(banner: Banner, now: Instant): boolean {
  const state = bannerState(banner, now)
  return state === 'shown' || state === 'planned'
}

/** Those in force, in the order in which they are shown: warnings first, then the newest. */
export function inForce(banners: readonly Banner[], now: Instant): Banner[] {
  return banners
    .filter((banner) => bannerState(banner, now) === 'shown')
    .sort((a, b) => rank(a) - rank(b) || b.since - a.since || (a.id < b.id ? -1 : 1))
}

const rank = ({ kind }: Banner) => bannerKinds.indexOf(kind)

/** Those of one page; of a service when it belongs to a login there. */
export function onPage(banners: readonly Banner[], service: ServiceId | undefined, now: Instant): Banner[] {
  const concerns = ({ services }: Banner) => services === 'all' || (service !== undefined && services.includes(service))
  return inForce(banners, now).filter(concerns).slice(0, mostOnPage)
}

// --- A new one, and a change ---------------------------------------------------------------------------------------

export interface BannerContext {
  services: { has(id: ServiceId): boolean }
  now: Instant
  /** Others that are in force or planned. */
  others: number
  /** The banner that is changed. */
  before?: Banner
}

/** What is wrong with it, field by field; nothing when it may be written down. */
export function bannerFaults(content: BannerContent, context: BannerContext): BannerFault[] {
  const { kind, text, services, since, until } = content
  const { now, before } = context
  const window = { since, until, now, before }
  return [
    ...at('kind', bannerKinds.includes(kind) ? undefined : 'not_known'),
    ...languages.flatMap((language) => at(`text.${language}`, textProblem(text[language]))),
    ...at('services', servicesProblem(services, context.services)),
    ...at('since', startProblem(window)),
    ...at('until', endProblem(window)),
    ...at('banner', !before && context.others >= mostBanners ? 'too_many' : undefined),
  ]
}

/** With changes applied, not judged yet. */
export function amended(before: BannerContent, { text, ...changes }: BannerChanges): BannerContent {
  const { kind, services, since, until } = { ...before, ...changes }
  return { kind, services, since, until, text: { ...before.text, ...text } }
}

const at = (field: string, problem: BannerProblem | undefined): BannerFault[] => (problem ? [{ field, problem }] : [])

/** Marks by which a text would turn what stands around it (UAX #9 sections 2.1 and 2.2). Isolates end with the text. */
const markup = /[<>\u202a-\u202e]/u

/**
 * What a program or a person would take for an address: a scheme, `www.`, an at sign, a name with a dot and an ending, in
 * any of the dots that browsers take for one, or four numbers. A full stop without its space looks the same.
 */
const address = /:\/\/|\bwww[.。．｡]|[@＠]|[\p{L}\p{N}][.。．｡]\p{L}{2}|\d{1,3}(?:\.\d{1,3}){3}/iu

const textRules: readonly [problem: BannerProblem, isBroken: (text: string) => boolean][] = [
  ['missing', (text) => text.trim() === ''],
  ['too_long', (text) => text.length > bannerTextLimit],
  ['not_one_line', (text) => /^\s|\s$|[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)],
  ['holds_markup', (text) => markup.test(text)],
  ['holds_address', (text) => address.test(text)],
]

function textProblem(text: string | undefined): BannerProblem | undefined {
  return textRules.find(([, isBroken]) => isBroken(text ?? ''))?.[0]
}

function servicesProblem(services: Banner['services'], known: BannerContext['services']): BannerProblem | undefined {
  if (services === 'all') return undefined
  if (services.length === 0) return 'no_service'
  if (new Set(services).size !== services.length) return 'service_twice'
  return services.every((id) => known.has(id)) ? undefined : 'service_unknown'
}

interface Window {
  since: Instant
  until: Instant
  now: Instant
  before: Banner | undefined
}

function startProblem({ since, now, before }: Window): BannerProblem | undefined {
  if (!isInstant(since)) return 'not_an_instant'
  if (since === before?.since) return undefined
  if (before && before.since <= now) return 'already_begun'
  if (since < now - latestEntry) return 'too_far_past'
  return since > now + earliestPlan ? 'too_far_ahead' : undefined
}

function endProblem({ since, until, now }: Window): BannerProblem | undefined {
  if (!isInstant(until)) return 'not_an_instant'
  if (until <= since) return 'before_start'
  if (until <= now) return 'already_over'
  return until - since > longestBanner ? 'too_late' : undefined
}

/** What a `Date` can hold. */
const isInstant = (value: Instant) => Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15
