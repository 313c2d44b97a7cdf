/** Protection, drawn: the state of an identity, which accounts may be used, and each question before something changes. */
import type { Recorded } from '../audit/audit.ts'
import type { FactName } from '../audit/facts.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Freeze, Protection, Way } from '../people/protections.ts'
import type { ThawReason } from '../policy/thaw.ts'
import { type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const protectionPaths = {
  home: spacePaths.protection,
  freeze: spacePaths.freeze,
  /** GET: what it takes, and whether this sign-in may. POST: asks. */
  thaw: '/space/protection/thaw',
  stopThaw: '/space/protection/thaw/stop',
  /** GET: the question. POST. */
  block: (provider: ProviderId) => `/space/protection/block/${provider}`,
  unblock: (provider: ProviderId) => `/space/protection/unblock/${provider}`,
  blockFuture: '/space/protection/new-accounts/block',
  unblockFuture: '/space/protection/new-accounts/unblock',
  /** GET: who may see all comes here from a sign-in. */
  accounts: '/space/protection/accounts',
} as const

export const doneWithProtection = [
  ...([
    'thaw_asked',
    'thaw_stopped',
    'thaw_over',
    'blocked',
    'unblocked',
    'future_blocked',
    'future_unblocked',
  ] as const),
  ...(['already', 'already_frozen', 'in_use', 'while_frozen', 'not_frozen'] as const),
] as const
export type DoneWithProtection = (typeof doneWithProtection)[number]

/** Facts that tell how the protection of a person changed. */
export const protectionFacts = [
  'protection.frozen',
  'protection.thaw_asked',
  'protection.thaw_stopped',
  'protection.thawed',
  'protection.blocked',
  'protection.unblocked',
  'contact.verified',
  'contact.removed',
  'means.activated',
  'means.password_set',
  'means.suspended',
  'means.resumed',
  'means.revoked',
  'phone.paired',
  'phone.renewed',
  'phone.revoked',
  'phone.expired',
  'alerts.turned_off',
  'alerts.turned_on',
] as const satisfies readonly FactName[]

export interface Past {
  facts: readonly Recorded[]
  /** The next page. */
  older?: string
}

export interface ProtectionView {
  protection: Protection
  /** Of a sign-in that sees all. */
  ways?: readonly Way[]
  /** Providers at which the person has no account. */
  others: readonly ProviderId[]
  past?: Past
  done?: DoneWithProtection
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'timeZone' | 'door'>

const frame = (t: RequestContext['t'], title: string, here: string, main: Html): Framed => ({
  title: t(title),
  current: 'protection',
  here,
  main,
})

// --- The state -----------------------------------------------------------------------------------------------------

export function protectionPage(view: ProtectionView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { protection, done, past } = view
  return frame(
    t,
    'protect.title',
    protectionPaths.home,
    html`<h1>${t('protect.title')}</h1>
${done && html`<p class="required" role="status">${t(`protect.done.${done}`)}</p>`}
${protection.freeze ? frozenNow(protection.freeze, pages, visit) : free(visit.context)}
${view.ways ? accounts(view, view.ways, pages, visit) : fewer(view, visit)}
<section class="panel" aria-labelledby="trips"><h2 id="trips">${t('trips.title')}</h2>
<p>${t('trips.lead')}</p>
<p class="buttons"><a class="button button-quiet" href="${spacePaths.trips}">${t('trips.see')}</a></p></section>
${past && changes(past, pages, visit)}`,
  )
}

const free = ({ t }: RequestContext): Html => html`<section class="panel stop" aria-labelledby="state">
<h2 id="state">${t('protect.free.title')}</h2>
<p>${t('protect.free')}</p>
<p class="buttons"><a class="button button-stop" href="${protectionPaths.freeze}">${t('space.stop')}</a></p></section>`

function frozenNow(freeze: Freeze, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { timeZone } = pages
  return html`<section class="panel stop" aria-labelledby="state">
<h2 id="state">${t('protect.frozen.title')}</h2>
<p>${t(`protect.frozen.${freeze.origin}`)} ${timeOf(freeze.at, timeZone, context)}</p>
<p>${t('protect.frozen.means')}</p>
${
  freeze.suspected.length > 0 &&
  visit.access.sight === 'whole' &&
  html`<p>${t('protect.frozen.suspected')} ${freeze.suspected.map(
    (one, index) => html`${index > 0 && ', '}<bdi>${pages.providerName(visit, one)}</bdi>`,
  )}</p>`
}
${
  freeze.thaw
    ? html`<div class="notice"><h3>${t('protect.thawing.title')}</h3>
<p>${t('protect.thawing')} <strong>${timeOf(freeze.thaw.effectiveAt, timeZone, context)}</strong></p>
<p>${t('protect.thawing.stop')}</p>
<form method="post" action="${protectionPaths.stopThaw}">${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="button button-stop">${t('protect.stop_thaw')}</button></p></form></div>`
    : freeze.origin === 'person'
      ? html`<p class="buttons"><a class="button button-quiet" href="${protectionPaths.thaw}">${t('protect.thaw')}</a></p>`
      : html`<p>${t('protect.frozen.operators.how')}</p>`
}</section>`
}

// --- Accounts ------------------------------------------------------------------------------------------------------

function accounts(view: ProtectionView, ways: readonly Way[], pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { others, protection } = view
  const isBlocked = (provider: ProviderId) => protection.blocked.some((one) => one.provider === provider)
  const nameOf = (provider: ProviderId) => pages.providerName(visit, provider)
  const link = (provider: ProviderId, blocked: boolean) =>
    html`<a class="link" href="${
      blocked ? protectionPaths.unblock(provider) : protectionPaths.block(provider)
    }">${t(blocked ? 'protect.unblock' : 'protect.block')}<span class="unseen"> – ${nameOf(provider)}</span></a>`
  return html`<section class="panel" aria-labelledby="accounts"><h2 id="accounts">${t('protect.accounts')}</h2>
<p>${t('protect.accounts.text')}</p>
<ul class="rows">${ways.map(
    (way) => html`<li><h3><bdi>${nameOf(way.provider)}</bdi>
<span class="mark-state ${way.blocked ? '' : 'good'}">${t(way.blocked ? 'protect.state.blocked' : 'protect.state.free')}</span></h3>
<p class="about-one"><span>${t('space.sessions.level', { level: t(`own.level.${way.level}`) })}</span>
${!way.usable && html`<span>${t('protect.state.unusable')}</span>`}</p>
${
  way.provider === visit.who.provider
    ? html`<p>${t('protect.in_use')}</p>`
    : html`<p class="buttons">${link(way.provider, way.blocked)}</p>`
}</li>`,
  )}</ul></section>
<section class="panel" aria-labelledby="others"><h2 id="others">${t('protect.others')}</h2>
<p>${t(protection.future ? 'protect.future.on' : 'protect.future.off')}</p>
<p class="buttons"><a class="button button-quiet" href="${
    protection.future ? protectionPaths.unblockFuture : protectionPaths.blockFuture
  }">${t(protection.future ? 'protect.future.unblock' : 'protect.future.block')}</a></p>
${
  others.length > 0 &&
  html`<details class="about"><summary>${t('protect.others.list', { count: others.length })}</summary>
<ul class="rows">${others.map(
    (provider) => html`<li><p><bdi>${nameOf(provider)}</bdi>
${(isBlocked(provider) || protection.future) && html`<span class="mark-state">${t('protect.state.blocked')}</span>`}</p>
<p class="buttons">${link(provider, isBlocked(provider) || protection.future !== undefined)}</p></li>`,
  )}</ul></details>`
}</section>`
}

/** What a sign-in below the strongest is told: how many, and how to see them. */
function fewer({ protection }: ProtectionView, { context: { t } }: SpaceVisit): Html {
  return html`<section class="panel" aria-labelledby="accounts"><h2 id="accounts">${t('protect.accounts')}</h2>
<p>${t('protect.fewer', { count: protection.blocked.length })}</p>
<p>${t('protect.fewer.why')}</p>
<p class="buttons"><a class="button button-quiet" href="${protectionPaths.accounts}">${t('protect.fewer.go')}</a></p></section>`
}

// --- What changed --------------------------------------------------------------------------------------------------

function changes({ facts, older }: Past, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  return html`<section class="panel" aria-labelledby="past"><h2 id="past">${t('protect.past')}</h2>
${
  facts.length === 0
    ? html`<p>${t('protect.past.none')}</p>`
    : html`<ul class="rows">${facts.map(
        (fact) => html`<li><p><strong>${t(`protect.past.${fact.name}`)}</strong>${namesIn(fact, pages, visit)}</p>
<p class="about-one">${timeOf(fact.at, pages.timeZone, visit.context)}</p></li>`,
      )}</ul>`
}
${older && html`<p><a href="${protectionPaths.home}?before=${older}">${t('protect.past.older')}</a></p>`}</section>`
}

/** Of which accounts a fact speaks. */
function namesIn(fact: Recorded, pages: Drawn, visit: SpaceVisit): Html | false {
  const { t } = visit.context
  if (fact.name !== 'protection.blocked' && fact.name !== 'protection.unblocked') return false
  const { providers, future } = fact.data as Recorded<'protection.blocked'>['data']
  const names = providers.map((provider) => html`<bdi>${pages.providerName(visit, provider)}</bdi>`)
  return html` ${[...names, ...(future ? [html`${t('protect.past.future')}`] : [])].map(
    (name, index) => html`${index > 0 && ', '}${name}`,
  )}`
}

// --- Questions before something changes ----------------------------------------------------------------------------

/** One page that says what happens and how it is undone, and a button. */
function question(
  {
    name,
    path,
    button,
    stop = false,
    detail = false,
  }: {
    name: string
    path: string
    /** Key of the button's words. */
    button: string
    stop?: boolean
    detail?: Html | false
  },
  words: Record<string, string | number>,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const kind = stop ? ' button-stop' : ''
  return {
    title: t(`protect.${name}.title`, words),
    current: 'protection',
    here: path,
    main: html`<h1>${t(`protect.${name}.title`, words)}</h1>
<form class="panel fields" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<p>${t(`protect.${name}.what`, words)}</p>
<p>${t(`protect.${name}.undo`, words)}</p>
${detail}
<p class="buttons"><button class="button${danger_raw(kind)}">${t(button, words)}</button> <a href="${protectionPaths.home}">${t('own.cancel')}</a></p>
</form>`,
  }
}

/** `doubted`: accounts that this sign-in may say to be in other hands. */
export function freezePage(
  doubted: readonly { provider: ProviderId; level: Level }[],
  delay: number,
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const detail = html`<fieldset class="picks"><legend>${t('protect.freeze.suspected')}</legend>
<p>${t('protect.freeze.suspected.hint')}</p>
${doubted.map(
  ({
    provider,
  }) => html`<div class="pick"><input type="checkbox" name="suspected" value="${provider}" id="suspected-${provider}">
<label for="suspected-${provider}"><bdi>${pages.providerName(visit, provider)}</bdi></label></div>`,
)}</fieldset>`
  const asked = { name: 'freeze', path: protectionPaths.freeze, button: 'protect.freeze.go', stop: true, detail }
  return question(asked, { hours: Math.round(delay / hour) }, pages, visit)
}

export interface ThawView {
  freeze: Freeze
  reasons: readonly ThawReason[]
  delay: number
}

export function thawPage({ freeze, reasons, delay }: ThawView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const hours = Math.round(delay / hour)
  if (reasons.length === 0) {
    const detail = freeze.suspected.length > 0 && html`<p class="notice">${t('protect.thaw.block_first')}</p>`
    return question(
      { name: 'thaw', path: protectionPaths.thaw, button: 'protect.thaw.go', detail },
      { hours },
      pages,
      visit,
    )
  }
  const canAnother = !reasons.includes('by_operators')
  return frame(
    t,
    'protect.thaw.title',
    protectionPaths.thaw,
    html`<h1>${t('protect.thaw.title')}</h1>
<section class="panel"><p>${t('protect.thaw.not_so')}</p>
<ul>${reasons.map((reason) => html`<li>${t(`protect.thaw.reason.${reason}`)}</li>`)}</ul>
${
  canAnother &&
  html`<p>${t('protect.thaw.another')}</p>
<p class="buttons"><a class="button" href="${pages.door.signInPath(protectionPaths.thaw, { level: 'eidas2' })}">${t('protect.thaw.sign_in')}</a></p>`
}
<p>${t('protect.thaw.desk')}</p>
<p><a href="${protectionPaths.home}">${t('protect.back')}</a></p></section>`,
  )
}

/** `left`: given where this is one of the last ways in. */
export function blockPage(
  { provider, left }: { provider: ProviderId; left?: readonly ProviderId[] },
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const name = pages.providerName(visit, provider)
  const detail =
    left !== undefined &&
    html`<div class="notice"><h2>${t('protect.last_way.title')}</h2>
<p>${t('protect.last_way')}</p>
<ul>${left.map((one) => html`<li><strong><bdi>${pages.providerName(visit, one)}</bdi></strong></li>`)}</ul>
<p>${t('protect.last_way.lost')}</p>
<input type="hidden" name="accepts" value="last"></div>`
  const button = left ? 'protect.last_way.go' : 'protect.block.go'
  return question({ name: 'block', path: protectionPaths.block(provider), button, detail }, { name }, pages, visit)
}

export const unblockPage = (provider: ProviderId, pages: Drawn, visit: SpaceVisit): Framed =>
  question(
    { name: 'unblock', path: protectionPaths.unblock(provider), button: 'protect.unblock.go' },
    { name: pages.providerName(visit, provider) },
    pages,
    visit,
  )

export const futurePage = (blocked: boolean, pages: Drawn, visit: SpaceVisit): Framed =>
  blocked
    ? question(
        { name: 'future_block', path: protectionPaths.blockFuture, button: 'protect.future.block' },
        {},
        pages,
        visit,
      )
    : question(
        { name: 'future_unblock', path: protectionPaths.unblockFuture, button: 'protect.future.unblock' },
        {},
        pages,
        visit,
      )

/** Outside of the space: every session is over, that of this browser too. */
export function afterFreezePage(
  { at, timeZone, signIn }: { at: Instant; timeZone: string; signIn: string },
  context: RequestContext,
): Page {
  const { t } = context
  return {
    title: t('protect.after.title'),
    body: html`<div class="sheet prose"><h1>${t('protect.after.title')}</h1>
<p class="lead">${t('protect.after')} ${timeOf(at, timeZone, context)}</p>
<ul><li>${t('protect.after.sessions')}</li><li>${t('protect.after.services')}</li><li>${t('protect.after.told')}</li></ul>
<h2>${t('protect.after.next')}</h2>
<p>${t('protect.after.next.text')}</p>
<p class="actions"><a class="button" href="${signIn}">${t('protect.after.sign_in')}</a></p></div>`,
  }
}
