/**
 * What somebody whose identity may be in other hands is told to do, and offered at once: R112 to R116. The same on the
 * page of a connection and on that of a case; what is lifted again afterwards is asked about first.
 */
import { type Html, html } from '../http/html.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Provider } from '../partners/partners.ts'
import { stateFor } from '../partners/suspensions.ts'
import type { Protection } from '../people/protections.ts'
import { spacePaths } from './frame.ts'
import { protectionPaths } from './protection-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

type Drawn = Pick<SpacePages, 'providerName' | 'partners' | 'clock'>

/** R114. */
export function freezeOffer({ context: { t }, protection }: SpaceVisit): Html {
  return html`<section class="panel" aria-labelledby="freeze"><h3 id="freeze">${t('notme.freeze.title')}</h3>
${
  protection.freeze
    ? html`<p>${t('notme.freeze.is')}</p>`
    : html`<p>${t('notme.freeze.text')}</p>
<p class="buttons"><a class="button" href="${spacePaths.freeze}">${t('notme.freeze')}</a></p>`
}</section>`
}

/** R113. */
export function blockOffer(provider: ProviderId, pages: Drawn, visit: SpaceVisit): Html {
  const { context, who, protection } = visit
  const { t } = context
  const id = `block-${provider}`
  return html`<section class="panel" aria-labelledby="${id}">
<h3 id="${id}">${t('notme.block.title', { provider: pages.providerName(visit, provider) })}</h3>
${
  isBlockedAlone(protection, provider)
    ? html`<p>${t('notme.block.is')}</p>`
    : html`<p>${t('notme.block.text')}</p>
${
  provider === who.provider
    ? html`<p>${t('notme.block.in_use')}</p>`
    : html`<p class="buttons"><a class="button" href="${protectionPaths.block(provider)}">${t('notme.block')}</a></p>`
}`
}
</section>`
}

/** R112, R115, R116. `providers`: of the accounts concerned. `more`: links to what may be reported besides. */
export function advicePanel(providers: readonly ProviderId[], pages: Drawn, visit: SpaceVisit, more?: Html): Html {
  const { t, language } = visit.context
  const { registry } = pages.partners
  const stronger = strongerThan(providers, pages, visit).slice(0, mostProposed)
  return html`<section class="panel" aria-labelledby="advice"><h3 id="advice">${t('notme.advice')}</h3>
<div class="prose"><ul>${providers.map((id) => {
    const provider = pages.providerName(visit, id)
    const helpUrl = registry().providers.get(id)?.helpUrl
    return html`<li>${t('notme.advice.password', { provider })}${
      helpUrl && html` <a href="${helpUrl}" rel="external noreferrer">${t('notme.advice.help', { provider })}</a>`
    }</li>`
  })}
${
  stronger.length > 0 &&
  html`<li>${t('notme.advice.stronger')}<ul>${stronger.map(({ name }) => html`<li><bdi>${name[language]}</bdi></li>`)}</ul></li>`
}
<li>${t('notme.advice.sessions')} <a href="${spacePaths.sessions}">${t('notme.advice.sessions.go')}</a></li>
<li>${t('notme.advice.watch')} <a href="${spacePaths.history}">${t('notme.list.history')}</a></li>${
    more && html`<li>${more}</li>`
  }</ul></div></section>`
}

/** Whose sign-ins prove an identity that was checked, by two factors, and that this person may use. */
function strongerThan(left: readonly ProviderId[], { partners, clock }: Drawn, { protection }: SpaceVisit): Provider[] {
  const { future } = protection
  return [...partners.registry().providers.values()].filter(
    (one) =>
      isStrong(one, clock.now()) &&
      !left.includes(one.id) &&
      !isBlockedAlone(protection, one.id) &&
      (future === undefined || future.allowed.includes(one.id)),
  )
}

const isStrong = (provider: Provider, now: Instant) =>
  stateFor(provider, {}, now).kind === 'active' && provider.allowedLevels.some((level) => atLeast(level, 'eidas2'))

/** A choice that can be read. */
const mostProposed = 6

const isBlockedAlone = ({ blocked }: Protection, provider: ProviderId) =>
  blocked.some((one) => one.provider === provider)

/** What still stops the person, once nothing has to: only then, and with what to look at before. */
export function liftPanel(providers: readonly ProviderId[], pages: Drawn, visit: SpaceVisit): Html | undefined {
  const { context, protection } = visit
  const { t } = context
  const blocked = providers.filter((id) => isBlockedAlone(protection, id))
  if (!protection.freeze && blocked.length === 0) return undefined
  return html`<section class="panel" aria-labelledby="lift"><h3 id="lift">${t('mycase.lift')}</h3>
<p>${t('mycase.lift.text')}</p>
<div class="prose"><ul>${['password', 'devices', 'history', 'contacts'].map((one) => html`<li>${t(`mycase.lift.${one}`)}</li>`)}</ul></div>
<ul class="ways">${protection.freeze && html`<li><a href="${protectionPaths.thaw}">${t('mycase.lift.freeze')}</a></li>`}
${blocked.map((id) => html`<li><a href="${protectionPaths.unblock(id)}">${t('mycase.lift.block', { provider: pages.providerName(visit, id) })}</a></li>`)}</ul></section>`
}
