/**
 * The pages of a login, as functions from a view to a `Page`. They decide nothing: what a tile is, what data goes and
 * whether one may go on was decided before. All of them work without a script, by keyboard, and read well aloud.
 *
 * Forms post to the addresses of `loginPaths`, with `verifier` and the pressed button: `provider`, `answer`.
 */
import { createBirthplaces } from '../directory/birthplaces.ts'
import { danger_raw, type Html, html, onceInEachLanguage } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import { toDate } from '../kernel/clock.ts'
import { flowLifetime, minute } from '../kernel/durations.ts'
import type { FlowId, ProviderId } from '../kernel/ids.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import type { HealthReason } from '../policy/breaker.ts'
import { type MeansObstacle, type Obstacle, outOfService, type Tile } from '../policy/choice.ts'
import { type AbroadView, abroadRemark } from './abroad-pages.ts'
import type { NoticeKind } from './flow.ts'

export const loginPaths = {
  /** GET: the present step. `q` filters, `after` goes on in a list, `missed` says which account could not be had a moment ago. */
  flow: (flow: FlowId, query: { q?: string; after?: string; missed?: ProviderId } = {}) => {
    const asked = Object.entries(query).filter(([, value]) => value !== '')
    if (asked.length === 0) return `/login/${flow}`
    return `/login/${flow}?${new URLSearchParams(asked).toString().replaceAll('+', '%20')}`
  },
  /** POST `provider=<id>`. */
  choose: (flow: FlowId) => `/login/${flow}/choose`,
  /** POST: go on. */
  inform: (flow: FlowId) => `/login/${flow}/inform`,
  /** POST `provider=<id>` to join with that account, `answer=alone` to go on without. */
  join: (flow: FlowId) => `/login/${flow}/join`,
  /** POST `principal=self`, or the key of whom one acts for. */
  principal: (flow: FlowId) => `/login/${flow}/principal`,
  /** POST: back to the service, with the verifier of the page that it is on. */
  cancel: (flow: FlowId) => `/login/${flow}/cancel`,
  /** POST `answer=yes|no`. */
  logout: '/logout/confirm',
} as const

export interface ServiceView {
  /** In the person's language. */
  name: string
  purpose?: string
  /** Whom it serves, when it is not for everybody. */
  population?: 'citizens' | 'professionals'
  /** The hub itself: nothing is passed on, and nobody waits for the person to come back. */
  isOwn?: boolean
}

export interface TileView {
  tile: Exclude<Tile, { state: 'hidden' | 'absent' }>
  provider: ProviderId
  name: string
  hint?: string
  /** Address of the logo on the hub, where it has one. */
  logo?: string
  level: Level
  /** The true reason when greyed: the suspension's own words in the person's language, when it has some. */
  reason?: string
  /** When it is to be back. */
  until?: Moment
  obstacle?: Obstacle
  /** Why it is down, when it is, and since when. */
  why?: readonly HealthReason[]
  since?: Moment
  /** The provider that it stands in for. */
  standsInFor?: ProviderId
}

/** An instant, for machines and as people of the page's language read it. */
export interface Moment {
  iso: string
  text: string
}

export interface ChooseView {
  flow: FlowId
  /** Good for this step of this login only. */
  verifier: string
  service: ServiceView
  required: Level
  tiles: TileView[]
  /** Which of them are greyed, in a form that nobody else can make: sent back with the choice. */
  greyed?: string
  /** When the hub last learned what the tiles show. */
  known: Moment
  /** Set when the person came back from a provider: what happened there. */
  notice?: {
    kind: NoticeKind
    provider: string
    /** Where that provider helps people. */
    helpUrl?: string
    /** Why the means are refused, when they are. */
    obstacle?: MeansObstacle
    /** The words of a suspension, and when the account is to be back. */
    reason?: string
    until?: Moment
    /** Name of whom the person wants to act for. */
    principal?: string
    /** To be read out to support: the code of the error and the reference of the refused connection. */
    code?: string
  }
  /** Name of the provider they signed in with a moment ago, when they now look for their other account. */
  joining?: string
  /** What the person is looking for among many tiles, as they typed it. */
  filter?: string
  /** The account that they could not have a moment ago. */
  missed?: ProviderId
  /** GET: who is there already goes on as they are, and chooses anew for whom they act. */
  stay?: string
  /** The service asks for more from where they are, or is closed there with exceptions. */
  abroad?: AbroadView
  /** The page is looked at, and nobody signs in: groups stand where its forms stand. */
  isRehearsal?: boolean
  /** Name of the hub. */
  name?: string
}

export interface InformView {
  flow: FlowId
  verifier: string
  service: ServiceView
  provider: string
  /** Where that provider helps people. */
  helpUrl?: string
  /** What the service is told, which may be less than the provider reached. */
  level: Level
  /** The data that goes, claim by claim, in a fixed order, with the value that goes. */
  data: { claim: string; value: string }[]
  /** Who goes by a national identifier and a professional name: two claims mean something else then. */
  professional?: boolean
  /** True when a session answers and nobody was asked to authenticate. */
  reused: boolean
  /** Several people sign in for organisations on this device. */
  shared?: true
  /** For whom they act, as the form sends it back: what the page says is what goes. */
  principal?: string
  /** GET: to choose somebody else. */
  change?: string
  /** What goes with the claim of that name, below whom they act for. */
  represented?: Html
  name?: string
}

/** Shown when the identity resembles somebody known: go on alone, or join both accounts by signing in with the other. */
export interface JoinView {
  flow: FlowId
  verifier: string
  service: ServiceView
  provider: string
  others: TileView[]
  greyed?: string
  name?: string
}

export interface LogoutView {
  /** Name of the service that asked, when known. */
  service?: string
  verifier: string
  name?: string
  /** Where the form posts; `loginPaths.logout` by default. */
  action?: string
}

/** From this many on, tiles can be searched: fewer are read faster than a name is typed. */
export const searchable = 13

/** So many alternatives are named; a longer list is not read. */
const mostNamed = 8

const defaultName = 'Garant'

export function choosePage(view: ChooseView, context: RequestContext): Page {
  const { t } = context
  const { service, flow } = view
  const shown = view.filter ? view.tiles.filter((tile) => matches(tile, view.filter ?? '')) : view.tiles
  const usable = shown.filter(({ tile }) => tile.state === 'usable')
  const greyed = shown.filter(({ tile }) => tile.state === 'greyed')
  const alternatives = view.tiles.filter(({ tile }) => tile.state === 'usable').map(({ name }) => name)
  const title = t('choose.title', { service: service.name })
  return {
    // Read out first: who cannot see the notice learns at once why the page is here again.
    title: view.notice ? `${noticeTitle(view.notice, context)} · ${title}` : title,
    here: loginPaths.flow(flow, { q: view.filter ?? '', missed: view.missed ?? '' }),
    hasForm: true,
    body: html`${!service.isOwn && steps(1, context)}
<h1><span class="over">${t('choose.to')} </span><bdi>${service.name}</bdi></h1>
${service.purpose && html`<p class="purpose">${service.purpose}</p>`}
${view.notice && notice(view.notice, view.service, context)}
${view.abroad && abroadRemark(view.abroad, view.service, context)}
${view.required !== 'eidas1' && html`<p class="required">${pips(view.required)}${t(`choose.required.${view.required}`)}</p>`}
${alternatives.length > 0 && isCutOff(view) && html`<div class="notice"><h2>${t('choose.cut_off')}</h2><p>${t('choose.cut_off.text')}</p></div>`}
${view.tiles.map((tile) => standInNotice(tile, view, context))}
${alternatives.length === 0 ? nothingUsable(view, context) : introduction(view, context)}
${view.tiles.length >= searchable && filterForm(view, shown.length, context)}
${view.isRehearsal ? html`<div class="rehearsed">` : html`<form method="post" action="${loginPaths.choose(flow)}">${verifierField(view.verifier)}`}
${view.greyed && greyedField(view.greyed)}
${
  usable.length > 0 &&
  html`<ul class="tiles">${usable.map((tile) => usableTile(tile, context))}
</ul>`
}
${
  greyed.length > 0 &&
  html`<section class="unusable" aria-labelledby="unusable">
<h2 id="unusable">${t('choose.unusable')}</h2>
${alternatives.length > 0 && html`<p id="instead">${instead(alternatives, context)}</p>`}
<ul class="tiles">${greyed.map((tile) => greyedTile(tile, service, context, alternatives.length > 0 ? 'instead' : ''))}
</ul>
</section>`
}
${view.isRehearsal ? html`</div>` : html`</form>`}
<p class="known"><time datetime="${view.known.iso}">${t('choose.known', { when: view.known.text })}</time> <a href="/status">${t('layout.status')}</a></p>
${about(view.name ?? defaultName, context)}
${view.stay && html`<p><a href="${view.stay}">${t('acting.stay')}</a></p>`}
${alternatives.length > 0 && backForm(view, context)}`,
  }
}

function introduction(view: ChooseView, { t }: RequestContext): Html {
  return view.joining
    ? html`<h2>${t('choose.joining')}</h2>
<p>${t('choose.joining.lead', { provider: view.joining })}</p>`
    : html`<h2>${t('choose.pick')}</h2>
<p>${t(view.service.isOwn ? 'choose.lead.own' : 'choose.lead')}</p>`
}

/** The fault is the hub's, and is said before anything that looks like one of the accounts. */
const isCutOff = ({ tiles }: ChooseView) => tiles.some(({ why }) => why?.includes('own_network'))

/** R084: why there is another way beside the usual one today, and what it does not open. */
function standInNotice(standIn: TileView, { tiles, service }: ChooseView, { t }: RequestContext): Html | false {
  const { standsInFor, name, tile } = standIn
  const replaced = tiles.find(({ provider }) => provider === standsInFor)
  if (standsInFor === undefined || !replaced?.since) return false
  const isTooLow = tile.state === 'greyed' && tile.obstacle === 'level_too_low'
  if (tile.state !== 'usable' && !isTooLow) return false
  const { since, name: provider } = replaced
  const said = tile.state === 'usable' ? 'choose.stand_in.text' : 'choose.stand_in.high'
  return html`<div class="notice" data-stand-in="${standsInFor}"><h2>${t('choose.stand_in', { provider })}</h2>
<p><time datetime="${since.iso}">${t('choose.stand_in.since', { when: since.text })}</time> ${t(said, { provider, name, service: service.name })}</p></div>`
}

/** There is one thing left to do, so it is a button, and it is here. */
function nothingUsable(view: ChooseView, context: RequestContext): Html {
  const { t } = context
  const said = isCutOff(view) ? 'choose.cut_off' : 'choose.none'
  return html`<div class="notice"><h2>${t(said)}</h2><p>${t(`${said}.text`)}</p>
${backForm(view, context, 'button')}</div>`
}

/** What satisfies the service, in place of what is greyed. */
function instead(names: string[], { t, language }: RequestContext): string {
  const more = names.length - mostNamed
  const said = more > 1 ? [...names.slice(0, mostNamed), t('choose.instead.more', { count: more })] : names
  return t('choose.instead', { providers: listed(said, language) })
}

function usableTile(view: TileView, context: RequestContext): Html {
  return html`
<li><button class="tile" name="provider" value="${view.provider}">${tileContent(view, context, degradedText(view, context))}</button></li>`
}

function degradedText({ tile }: TileView, { t }: RequestContext): string | undefined {
  return tile.state === 'usable' && tile.degraded ? t('tile.degraded') : undefined
}

/**
 * Greyed, not `disabled`: a disabled button is skipped by the keyboard, and who cannot see it never learns why. This one
 * takes the focus and says its reason; it has no name and is not a submit button, so it sends nothing.
 */
function greyedTile(view: TileView, service: ServiceView, context: RequestContext, alternatives = ''): Html {
  const { t } = context
  const id = `why-${view.provider}`
  const unavailable = t('choose.unavailable')
  const obstacle = view.obstacle ?? obstacleOf(view)
  const reason = view.reason ?? downText(view, context) ?? obstacleText(obstacle, service, context)
  // Whoever looks for an account that is out of service hears at once what there is instead.
  const isOut = outOfService.some((one) => one === obstacle)
  const described = isOut && alternatives ? `${id} ${alternatives}` : id
  return html`
<li><button class="tile greyed" type="button" value="${view.provider}" aria-disabled="true" aria-describedby="${described}" title="${unavailable}">${tileContent(view, context, unavailable)}</button>
<p class="why" id="${id}">${reason}${view.until && html` ${returning(view.until, context)}`}</p></li>`
}

/** The first that has words of its own; of one that does not answer there is nothing more to say than that. */
function downText({ why = [] }: TileView, { t }: RequestContext): string | undefined {
  // That sign-ins fail comes first, and why they do says more.
  const known = why.includes('cards_unchecked') ? (['cards_unchecked'] as const) : why
  const found = known.map((reason) => downWords[reason]).find((word) => word !== undefined)
  return found && t(`tile.down.${found}`)
}

const downWords: Partial<Record<HealthReason, string>> = {
  out_of_order: 'out_of_order',
  documents_wrong: 'wrong',
  answers_wrong: 'wrong',
  announced: 'announced',
  cards_unchecked: 'cards_unchecked',
  sign_ins_fail: 'sign_ins_fail',
  own_network: 'own_network',
}

function returning({ iso, text }: Moment, { t }: RequestContext): Html {
  return html`<time datetime="${iso}">${t('tile.until', { when: text })}</time>`
}

function obstacleText(obstacle: Obstacle, { population = 'citizens' }: ServiceView, { t }: RequestContext): string {
  return t(obstacle === 'other_population' ? `tile.${obstacle}.${population}` : `tile.${obstacle}`)
}

function obstacleOf({ tile }: TileView): Obstacle {
  return tile.state === 'greyed' ? tile.obstacle : 'down'
}

function tileContent(view: TileView, { t }: RequestContext, state?: string): Html {
  return html`${view.logo ? html`<img src="${view.logo}" alt="" width="44" height="44">` : html`<span class="blank"></span>`}
<span class="words"><strong><bdi>${view.name}</bdi></strong>
${view.hint && html`<span class="hint">${view.hint}</span>`}
<span class="level">${pips(view.level)}${t(`level.${view.level}`)}</span>
${state && html`<span class="state">${state}</span>`}</span>`
}

/** One, two or three bars: the same as the word beside them, for the eye. */
const pipsByLevel = Object.fromEntries(
  levels.map((level, index) => [
    level,
    danger_raw(
      `<span class="pips" aria-hidden="true">${'<i class="on"></i>'.repeat(index + 1)}${'<i></i>'.repeat(2 - index)}</span>`,
    ),
  ]),
) as Record<Level, Html>

function pips(level: Level): Html {
  return pipsByLevel[level]
}

function filterForm(view: ChooseView, found: number, { t }: RequestContext): Html {
  const begin = view.isRehearsal
    ? html`<div class="filter">`
    : html`<form class="filter" method="get" action="${loginPaths.flow(view.flow)}" role="search">`
  return html`${begin}
<label for="q">${t('choose.filter')}</label>
<div class="row"><input id="q" name="q" type="search" value="${view.filter}" autocomplete="off" spellcheck="false"><button class="button button-quiet">${t('choose.filter.go')}</button></div>
${
  view.filter &&
  html`<p role="status">${t('choose.found', { count: found, query: view.filter })}. <a href="${loginPaths.flow(view.flow)}">${t('choose.filter.all')}</a></p>`
}
${view.isRehearsal ? html`</div>` : html`</form>`}`
}

/** Without accents or capitals, so that `securite` finds `Sécurité`. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function matches({ name, hint = '' }: TileView, filter: string): boolean {
  const found = folded(`${name} ${hint}`)
  return folded(filter)
    .split(/\s+/)
    .every((word) => found.includes(word))
}

function noticeTitle(
  { kind, provider, principal = '' }: NonNullable<ChooseView['notice']>,
  { t }: RequestContext,
): string {
  return t(`notice.${kind}`, { provider, principal })
}

function notice(view: NonNullable<ChooseView['notice']>, service: ServiceView, context: RequestContext): Html {
  const { kind, provider, helpUrl, obstacle, reason, until, code } = view
  const { t } = context
  const next = obstacle && anotherTryHelps.has(obstacle) ? `notice.${kind}.retry` : `notice.${kind}.text`
  return html`<div class="notice">
<h2>${noticeTitle(view, context)}</h2>
${obstacle && html`<p>${obstacleText(obstacle, service, context)}</p>`}
${reason && html`<p>${reason}${until && html` ${returning(until, context)}`}</p>`}
<p>${t(next, { provider })}</p>
${helpUrl && html`<p><a href="${helpUrl}">${t('help.provider', { provider })}</a></p>`}
${code && html`<dl><dt>${t('error.reference')}</dt><dd><code dir="ltr">${code}</code></dd></dl>`}
</div>`
}

/** The same account may do, used in another way. */
const anotherTryHelps: ReadonlySet<MeansObstacle> = new Set(['password_alone', 'password_remote', 'second_factor'])

function about(name: string, { t }: RequestContext): Html {
  return html`<details class="about">
<summary>${t('about.title', { name })}</summary>
<p>${t('about.text', { name })}</p>
${aboutEverywhere(t)}
</details>`
}

/** Whatever the hub is called. */
const aboutEverywhere = onceInEachLanguage(
  (t) => html`<p>${t('about.blind')}</p>
<h3>${t('about.levels')}</h3>
<dl>${levels.map((level) => html`<dt>${pips(level)}${t(`level.${level}`)}</dt><dd>${t(`level.${level}.says`)}</dd>`)}</dl>
<p>${t('about.optional')} ${t('about.time', { minutes: flowLifetime / minute })}</p>`,
)

export function steps(present: 1 | 2 | 3, { t }: RequestContext): Html {
  return stepsAt[present](t)
}

const stepsAt = { 1: stepsOnceAt(1), 2: stepsOnceAt(2), 3: stepsOnceAt(3) }

function stepsOnceAt(present: number) {
  const bars = [1, 2, 3].map((step) => html`<i${step <= present ? danger_raw(' class="on"') : ''}></i>`)
  return onceInEachLanguage(
    (t) =>
      html`<p class="steps"><span aria-hidden="true">${bars}</span>${t('step.of', { step: present, steps: 3 })}</p>`,
  )
}

export function verifierField(verifier: string): Html {
  return html`<input type="hidden" name="verifier" value="${verifier}">`
}

function greyedField(greyed: string): Html {
  return html`<input type="hidden" name="greyed" value="${greyed}">`
}

function backForm(
  view: { flow: FlowId; verifier: string; service: ServiceView; isRehearsal?: boolean },
  { t }: RequestContext,
  look: 'link' | 'button' = 'link',
): Html {
  const button = html`<button class="${look}">${view.service.isOwn ? t('choose.leave') : t('choose.back', { service: view.service.name })}</button>`
  if (view.isRehearsal) return html`<div class="back">${button}</div>`
  return html`<form class="back" method="post" action="${loginPaths.cancel(view.flow)}">
${verifierField(view.verifier)}
${button}
</form>`
}

export function informPage(view: InformView, context: RequestContext): Page {
  const { t } = context
  const { provider, name = defaultName } = view
  const service = view.service.name
  return {
    title: t('inform.title', { service }),
    here: loginPaths.flow(view.flow),
    hasForm: true,
    body: html`${steps(3, context)}
<h1 id="what">${t('inform.title', { service })}</h1>
<p class="lead">${t(view.reused ? 'inform.reused' : 'inform.lead', { provider })}</p>
<section class="sheet" aria-labelledby="what">
<dl class="data">${view.data.map(
      ({ claim, value }) => html`
<div><dt>${claimLabel(claim, view, context)}</dt><dd>${readable(claim, value, context)}${claim === 'represented' && view.represented}</dd></div>`,
    )}
</dl>
<p class="level">${pips(view.level)}${t(`inform.level.${view.level}`)}</p>
</section>
<form class="decision" method="post" action="${loginPaths.inform(view.flow)}">
${verifierField(view.verifier)}
${view.principal && html`<input type="hidden" name="principal" value="${view.principal}">`}
<button class="button">${t('inform.go', { service })}</button>
<button class="link" formaction="${loginPaths.cancel(view.flow)}">${t('inform.no', { service })}</button>
</form>
<p>${t('inform.only', { service })}${view.change && html` <a href="${view.change}">${t('acting.change')}</a>`}</p>
${view.shared && html`<p class="notice" role="note">${t('inform.shared')} <a href="/mandates">${t('inform.shared.mandates')}</a></p>`}
<details class="about"><summary>${t('inform.wrong')}</summary>
<p>${t('inform.wrong.text', { provider, name })}</p>
${view.helpUrl && html`<p><a href="${view.helpUrl}">${t('help.provider', { provider })}</a></p>`}
</details>`,
  }
}

/** Claims that have words of their own; others are shown by their name on the wire. */
const worded = new Set([
  'given_name',
  'family_name',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'email',
  'preferred_username',
  'SubjectRefPro',
  'represented',
  'service_secret',
  'amr',
  'idp',
])

const asProfessional = new Set(['family_name', 'preferred_username'])

export function claimLabel(
  claim: string,
  { professional }: Pick<InformView, 'professional'>,
  { t }: RequestContext,
): string {
  if (professional && asProfessional.has(claim)) return t(`claim.professional.${claim}`)
  return worded.has(claim) ? t(`claim.${claim}`) : claim
}

/** The value that goes, as a person reads it: a date in words, `male` in their language, a place by name, the rest as it is. */
export function readable(claim: string, value: string, context: RequestContext): Html {
  const { t } = context
  if (claim === 'service_secret') return html`${t('claim.service_secret.says')}`
  if (value === '') return html`<span class="empty">${t('claim.empty')}</span>`
  if (claim === 'birthdate') return html`${readableDate(value, context)}`
  if (claim === 'gender' && ['male', 'female', 'unspecified'].includes(value)) return html`${t(`gender.${value}`)}`
  if (claim === 'birthplace') return readablePlace(value, birthplaces.communeOf(value), context)
  if (claim === 'birthcountry') return readablePlace(value, birthplaces.countryOf(value, context.language), context)
  return html`<bdi>${value}</bdi>`
}

const birthplaces = createBirthplaces()

/** The code is what goes, the name what a person knows. */
function readablePlace(code: string, name: string | undefined, { t }: RequestContext): Html {
  return name === undefined ? html`${t('claim.code', { code })}` : html`<bdi>${name}</bdi> (${code})`
}

/** `YYYY-MM-00` and `YYYY-00-00` have a part that nobody knows: only what is known is written. */
function readableDate(value: string, { t, language }: RequestContext): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? []
  if (!year) return value
  const known = month === '00' ? 'year' : day === '00' ? 'month' : 'day'
  const at = toDate(Date.UTC(Number(year), Math.max(Number(month) - 1, 0), Math.max(Number(day), 1)))
  const date = dates[language][known](at)
  return known === 'day' ? date : t('claim.presumed', { date })
}

const dateParts = {
  year: { year: 'numeric' },
  month: { year: 'numeric', month: 'long' },
  day: { year: 'numeric', month: 'long', day: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const dates = inEachLanguage((language) => {
  const written = (known: keyof typeof dateParts) =>
    aroundItsYear(new Intl.DateTimeFormat(localeOf(language), { ...dateParts[known], timeZone: 'UTC' }))
  return { year: written('year'), month: written('month'), day: written('day') }
})

/**
 * As `format` writes an instant. In a login ICU takes nearly as long for one date as all else on its page does, and dates
 * of birth are as many as people: so what stands before and after the year is kept, for each day of a year.
 */
function aroundItsYear(format: Intl.DateTimeFormat): (at: Date) => string {
  const kept = new Map<number, { before: string; after: string }>()
  return (at) => {
    const day = at.getUTCMonth() * 31 + at.getUTCDate()
    let around = kept.get(day)
    if (!around) {
      const parts = format.formatToParts(at)
      const year = parts.findIndex(({ type }) => type === 'year')
      const textOf = (some: readonly Intl.DateTimeFormatPart[]) => some.map(({ value }) => value).join('')
      around = { before: textOf(parts.slice(0, year)), after: textOf(parts.slice(year + 1)) }
      kept.set(day, around)
    }
    return `${around.before}${at.getUTCFullYear()}${around.after}`
  }
}

const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'disjunction' }))

function listed(names: string[], language: Language): string {
  return lists[language].format(names)
}

export function joinPage(view: JoinView, context: RequestContext): Page {
  const { t } = context
  const { provider, name = defaultName } = view
  const title = t('join.title', { name })
  return {
    title,
    here: loginPaths.flow(view.flow),
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${t('join.lead')}</p>
<form method="post" action="${loginPaths.join(view.flow)}">
${verifierField(view.verifier)}
${view.greyed && greyedField(view.greyed)}
<section aria-labelledby="yes">
<h2 id="yes">${t('join.yes')}</h2>
<p>${t('join.yes.text', { service: view.service.name })}</p>
<ul class="tiles">${view.others.map((tile) =>
      tile.tile.state === 'usable' ? usableTile(tile, context) : greyedTile(tile, view.service, context),
    )}
</ul>
</section>
<section aria-labelledby="no">
<h2 id="no">${t('join.no')}</h2>
<p>${t('join.no.text', { provider })}</p>
<p><button class="button button-quiet" name="answer" value="alone">${t('join.alone', { provider })}</button></p>
</section>
</form>
${backForm(view, context)}`,
  }
}

export function logoutPage(view: LogoutView, { t }: RequestContext): Page {
  const title = t('logout.title', { name: view.name ?? defaultName })
  return {
    title,
    hasForm: true,
    body: html`<div class="sheet">
<h1>${title}</h1>
${view.service && html`<p class="lead">${t('logout.asked', { service: view.service })}</p>`}
<p>${t('logout.text')}</p>
<form class="decision" method="post" action="${view.action ?? loginPaths.logout}">
${verifierField(view.verifier)}
<button class="button" name="answer" value="yes">${t('logout.yes')}</button>
<button class="button button-quiet" name="answer" value="no">${t('logout.no')}</button>
</form>
</div>`,
  }
}

export function loggedOutPage(view: { back?: { href: string; label: string } }, { t }: RequestContext): Page {
  return {
    title: t('out.title'),
    body: html`<div class="sheet">
<h1>${t('out.title')}</h1>
<p class="lead">${t('out.text')}</p>
${view.back && html`<p class="actions"><a class="button" href="${view.back.href}">${view.back.label}</a></p>`}
</div>`,
  }
}
