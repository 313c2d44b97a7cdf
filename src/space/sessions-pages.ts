/** Sessions and devices, drawn. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { DeviceId } from '../kernel/ids.ts'
import { longestDeviceName } from '../sessions/device-names.ts'
import type { Session } from '../sessions/sessions.ts'
import { countryName, dayOf, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const doneWithSessions = ['ended', 'others_ended', 'over', 'named', 'forgotten', 'device_unknown'] as const
export type DoneWithSessions = (typeof doneWithSessions)[number]

export interface DeviceView {
  device: DeviceId
  /** The one in front of the person. */
  here: boolean
  firstAt: Instant
  lastAt: Instant
  /** As the person calls it; empty when they gave it no name. */
  name: string
  /** Two letters, of the last use from a known country. */
  country?: string
}

export interface SessionsView {
  /** Those that this sign-in sees, the latest used first. */
  sessions: readonly Session[]
  others: number
  devices: readonly DeviceView[]
  unseen: number
  done?: DoneWithSessions
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'serviceName' | 'timeZone'>

export function sessionsPage(view: SessionsView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { sessions, others, devices, unseen, done } = view
  const verifier = pages.verifierOf(visit)
  const nameOf = (device: DeviceId | undefined) => devices.find((one) => one.device === device)?.name
  const more = sessions.length + others > 1
  return {
    title: t('space.sessions.title'),
    current: 'sessions',
    here: spacePaths.sessions,
    main: html`<h1>${t('space.sessions.title')}</h1>
<p class="lead">${t('space.sessions.lead')}</p>
${done && html`<p class="required" role="status">${t(`space.sessions.done.${done}`)}</p>`}
<section class="panel" aria-labelledby="sessions"><h2 id="sessions">${t('space.sessions.list')}</h2>
<ul class="rows">${sessions.map((one) => html`<li>${session(one, nameOf(one.device), verifier, pages, visit)}</li>`)}</ul>
${others > 0 && html`<p>${t('space.sessions.others', { count: others })}</p>`}
${
  more &&
  html`<form method="post" action="${spacePaths.endOthers}">${hiddenField(verifier)}
<p class="buttons"><button class="button">${t('space.sessions.end_others')}</button></p></form>`
}
</section>
<section class="panel" aria-labelledby="everywhere"><h2 id="everywhere">${t('space.sessions.everywhere')}</h2>
<p>${t('space.sessions.everywhere.text')}</p>
<form method="post" action="${spacePaths.endAll}">${hiddenField(verifier)}
<p class="buttons"><button class="button button-quiet">${t('space.sessions.everywhere.go')}</button></p></form></section>
<section class="panel" aria-labelledby="devices"><h2 id="devices">${t('space.devices.title')}</h2>
<p>${t('space.devices.lead')}</p>
${
  devices.length === 0
    ? html`<p>${t('space.devices.none')}</p>`
    : html`<ul class="rows">${devices.map((one) => html`<li>${device(one, verifier, pages, visit)}</li>`)}</ul>`
}
${unseen > 0 && html`<p>${t('space.devices.others', { count: unseen })}</p>`}</section>`,
  }
}

function session(one: Session, device: string | undefined, verifier: string, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const here = one.id === visit.who.session
  const provider = pages.providerName(visit, one.provider)
  const services = one.services.map(({ service }) => pages.serviceName(visit, service))
  const id = `session-${one.id}`
  return html`<h3 id="${id}">${t('space.line.by', { provider })}
${here && html`<span class="mark-state good">${t('space.sessions.this')}</span>`}</h3>
<p class="about-one"><span>${t('space.sessions.level', { level: t(`own.level.${one.level}`) })}</span>
<span>${t('space.sessions.since')} ${timeOf(one.startedAt, pages.timeZone, context)}</span>
<span>${t('space.sessions.seen')} ${timeOf(one.lastSeenAt, pages.timeZone, context)}</span>
${device && html`<span>${t('space.sessions.on')} <bdi>${device}</bdi></span>`}</p>
${services.length > 0 && html`<p>${t('space.sessions.services')} ${services.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)}</p>`}
<form method="post" action="${spacePaths.endSession(one.id)}">${hiddenField(verifier)}
<p class="buttons"><button class="link" aria-describedby="${id}">${t(here ? 'space.leave' : 'space.sessions.end')}</button></p></form>`
}

function device(one: DeviceView, verifier: string, { timeZone }: Drawn, { context }: SpaceVisit): Html {
  const { t } = context
  const id = `device-${one.device}`
  return html`<h3 id="${id}">${deviceTitle(one, context)}
${one.here && html`<span class="mark-state good">${t('space.devices.this')}</span>`}</h3>
<p class="about-one"><span>${t('space.devices.first', { day: dayOf(one.firstAt, timeZone, context) })}</span>
<span>${t('space.devices.last', { day: dayOf(one.lastAt, timeZone, context) })}</span>
${one.country && html`<span>${countryName(one.country, context)}</span>`}</p>
<p class="buttons"><a class="link" href="${spacePaths.nameDevice(one.device)}" aria-describedby="${id}">${t('space.devices.name')}</a></p>
<form method="post" action="${spacePaths.forgetDevice(one.device)}">${hiddenField(verifier)}
<p class="buttons"><button class="link" aria-describedby="${id}">${t('space.devices.forget')}</button></p></form>`
}

const deviceTitle = ({ name }: DeviceView, { t }: RequestContext): Html =>
  name ? html`<bdi>${name}</bdi>` : html`${t('space.devices.unnamed')}`

export function nameDevicePage(one: DeviceView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const path = spacePaths.nameDevice(one.device)
  return {
    title: t('space.devices.name.title'),
    current: 'sessions',
    here: path,
    main: html`<h1>${t('space.devices.name.title')}</h1>
<p class="lead">${t('space.devices.name.text')}</p>
<form class="panel fields" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<div class="field"><label for="name">${t('space.devices.name.label')}</label>
<input id="name" name="name" value="${one.name}" maxlength="${longestDeviceName}" autocomplete="off" dir="auto" aria-describedby="name-hint">
<small id="name-hint">${t('space.devices.name.hint')}</small></div>
<p class="buttons"><button class="button">${t('space.devices.name.go')}</button> <a href="${spacePaths.sessions}">${t('own.cancel')}</a></p>
</form>`,
  }
}

/** Outside of the space: nobody is signed in any more. */
export function signedOutPage(how: 'here' | 'everywhere', signIn: string, { t }: RequestContext): Page {
  return {
    title: t(`space.signed_out.${how}.title`),
    body: html`<div class="sheet"><h1>${t(`space.signed_out.${how}.title`)}</h1>
<p class="lead">${t(`space.signed_out.${how}`)}</p>
<p class="actions"><a class="button" href="${signIn}">${t('space.signed_out.again')}</a></p></div>`,
  }
}
